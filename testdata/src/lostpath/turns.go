package lostpath

// The turns of loops: the first one that certainly comes, counters, and what
// deferred calls keep of each turn.

import "context"

func releaseEach(all []func()) {
	for _, release := range all {
		release()
	}
}

// TurnsLeaks may have nothing to go over.
func TurnsLeaks(parent context.Context, n int, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	do(ctx)
	for range n {
		cancel()
	}
}

func TurnsClean(parent context.Context, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	do(ctx)
	for range 2 {
		cancel()
	}
}

func ListedLeaks(parent context.Context, stages []string, do func(context.Context, string)) {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	for _, stage := range stages {
		do(ctx, stage)
		cancel()
	}
}

func ListedClean(parent context.Context, do func(context.Context, string)) {
	ctx, cancel := context.WithCancel(parent)
	for _, stage := range []string{"drain", "stop"} {
		do(ctx, stage)
		cancel()
	}
}

// EmptyLeaks returns for one length, and not for none.
func EmptyLeaks(parent context.Context, jobs []string, do func(context.Context, string)) {
	if len(jobs) == 1 {
		return
	}
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	for _, job := range jobs {
		do(ctx, job)
		cancel()
	}
}

func EmptyClean(parent context.Context, jobs []string, do func(context.Context, string)) {
	if len(jobs) == 0 {
		return
	}
	ctx, cancel := context.WithCancel(parent)
	for _, job := range jobs {
		do(ctx, job)
		cancel()
	}
}

// BoundsLeaks leaves out one number.
func BoundsLeaks(parent context.Context, n int, do func(context.Context)) {
	ctx, cancel := parent, func() {}
	if n < 3 {
		ctx, cancel = context.WithCancel(parent) // want `\[lostpath\]`
	}
	do(ctx)
	if n == 2 {
		return
	}
	cancel()
}

func BoundsClean(parent context.Context, n int, do func(context.Context)) {
	ctx, cancel := parent, func() {}
	if n < 2 {
		ctx, cancel = context.WithCancel(parent)
	}
	do(ctx)
	if n == 2 {
		return
	}
	cancel()
}

// CountedLeaks forgets the first attempt.
func CountedLeaks(parent context.Context, n int, do func(context.Context)) {
	var cancel context.CancelFunc
	for i := 0; i < n; i++ {
		if i > 1 {
			cancel()
		}
		var ctx context.Context
		ctx, cancel = context.WithCancel(parent) // want `\[overwritten\]`
		do(ctx)
	}
	if n > 0 {
		cancel()
	}
}

func CountedClean(parent context.Context, n int, do func(context.Context)) {
	var cancel context.CancelFunc
	for i := 0; i < n; i++ {
		if i > 0 {
			cancel()
		}
		var ctx context.Context
		ctx, cancel = context.WithCancel(parent)
		do(ctx)
	}
	if n > 0 {
		cancel()
	}
}

func CountedRangeClean(parent context.Context, jobs []string, do func(context.Context)) {
	var cancel context.CancelFunc
	for i := range jobs {
		if i > 0 {
			cancel()
		}
		var ctx context.Context
		ctx, cancel = context.WithCancel(parent)
		do(ctx)
	}
	if len(jobs) > 0 {
		cancel()
	}
}

// DeferredTurnsLeaks leaves its loop before the deferred call.
func DeferredTurnsLeaks(parent context.Context, n int, do func(context.Context) error) {
	for range n {
		ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
		if do(ctx) != nil {
			break
		}
		defer func() {
			if cancel != nil {
				cancel()
			}
		}()
	}
}

func DeferredTurnsClean(parent context.Context, n int, do func(context.Context) error) {
	for range n {
		ctx, cancel := context.WithCancel(parent)
		defer func() {
			if cancel != nil {
				cancel()
			}
		}()
		if do(ctx) != nil {
			break
		}
	}
}

// DeferredListLeaks releases what it has on one side of a branch only.
func DeferredListLeaks(parent context.Context, n int, quiet bool, do func(context.Context)) {
	for range n {
		var all []func()
		ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
		do(ctx)
		if !quiet {
			all = append(all, cancel)
		}
		defer releaseEach(all)
	}
}

func DeferredListClean(parent context.Context, n int, quiet bool, do func(context.Context)) {
	for range n {
		var all []func()
		if !quiet {
			ctx, cancel := context.WithCancel(parent)
			do(ctx)
			all = append(all, cancel)
		}
		defer releaseEach(all)
	}
}

// DeferredAgainLeaks makes another context after the deferred call has seen to
// the first.
func DeferredAgainLeaks(parent context.Context, n int, do func(context.Context) error) {
	for range n {
		ctx, cancel := context.WithCancel(parent)
		defer cancel()
		if do(ctx) != nil {
			ctx, cancel = context.WithCancel(parent) // want `\[lostpath\]`
			func() { cancel = nil }()
		}
		do(ctx)
	}
}

func DeferredAgainClean(parent context.Context, n int, do func(context.Context) error) {
	for range n {
		var cancel context.CancelFunc
		defer func() {
			if cancel != nil {
				cancel()
			}
		}()
		if do(parent) != nil {
			var ctx context.Context
			ctx, cancel = context.WithCancel(parent)
			do(ctx)
		}
	}
}

// ClauseLeaks leaves the loop for a number that it may well have.
func ClauseLeaks(parent context.Context, n int, do func(context.Context)) {
	var all []func()
	for i := 0; i < n; i++ {
		ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
		all = append(all, cancel)
		do(ctx)
		switch n {
		case 1:
			return
		case 2:
			do(parent)
		}
	}
	releaseEach(all)
}

func ClauseClean(parent context.Context, n int, do func(context.Context)) {
	var all []func()
	for i := 0; i < n; i++ {
		ctx, cancel := context.WithCancel(parent)
		all = append(all, cancel)
		do(ctx)
		switch n {
		case 0:
			return
		case 1:
			do(parent)
		}
	}
	releaseEach(all)
}

// NestedTurnsLeaks calls in the deferred call what another literal captured, and
// not on every path.
func NestedTurnsLeaks(parent context.Context, quiet bool, do func(context.Context)) {
	for range 2 {
		ctx, cancel := context.WithCancelCause(parent) // want `\[lostpath\]`
		do(ctx)
		stop := func() { cancel(nil) }
		defer func() {
			if !quiet {
				stop()
			}
		}()
	}
}

func NestedTurnsClean(parent context.Context, quiet bool, do func(context.Context)) {
	for range 2 {
		ctx, cancel := context.WithCancelCause(parent)
		do(ctx)
		stop := func() { cancel(nil) }
		defer func() {
			stop()
			if !quiet {
				do(parent)
			}
		}()
	}
}

// OnceOnlyLeaks goes over something once, or never.
func OnceOnlyLeaks(parent context.Context, stages []string, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	do(ctx)
	for range stages {
		cancel()
		return
	}
}

func OnceOnlyClean(parent context.Context, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	do(ctx)
	for range []string{"drain", "stop"} {
		cancel()
		return
	}
}

// InsideLeaks leaves a loop in a function literal for a number that it may have.
func InsideLeaks(parent context.Context, n int, do func(context.Context)) {
	func() {
		var all []func()
		for i := 0; i < n; i++ {
			ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
			all = append(all, cancel)
			do(ctx)
			if n == 1 {
				return
			}
		}
		releaseEach(all)
	}()
}

func InsideClean(parent context.Context, n int, do func(context.Context)) {
	func() {
		var all []func()
		for i := 0; i < n; i++ {
			ctx, cancel := context.WithCancel(parent)
			all = append(all, cancel)
			do(ctx)
			if n == 0 {
				return
			}
		}
		releaseEach(all)
	}()
}

// NeverThereClean makes another context where no path comes.
func NeverThereClean(parent context.Context, n int, do func(context.Context)) {
	for i := 0; i < n; i++ {
		ctx, cancel := context.WithCancel(parent)
		defer cancel()
		if n <= 0 {
			ctx, cancel = context.WithCancel(parent)
			_ = cancel
		}
		do(ctx)
	}
}

func NeverThereLeaks(parent context.Context, n int, do func(context.Context)) {
	for i := 0; i < n; i++ {
		ctx, cancel := context.WithCancel(parent)
		defer cancel()
		if n <= 1 {
			ctx, cancel = context.WithCancel(parent) // want `\[discarded\]`
			_ = cancel
		}
		do(ctx)
	}
}

// What is known of one element says nothing of the next.
type job struct{ ok bool }

func OverMapLeaks(parent context.Context, jobs map[string]*job, do func(context.Context)) {
	var ctx context.Context
	var cancel context.CancelFunc
	for _, j := range jobs {
		if j.ok && cancel == nil {
			ctx, cancel = context.WithCancel(parent) // want `\[lostpath\]`
			do(ctx)
		}
		if !j.ok {
			return
		}
	}
	if cancel != nil {
		cancel()
	}
}

func OverSliceLeaks(parent context.Context, jobs []*job, do func(context.Context)) {
	var ctx context.Context
	var cancel context.CancelFunc
	for _, j := range jobs {
		if j.ok && cancel == nil {
			ctx, cancel = context.WithCancel(parent) // want `\[lostpath\]`
			do(ctx)
		}
		if !j.ok {
			return
		}
	}
	if cancel != nil {
		cancel()
	}
}

func UnderKeyLeaks(parent context.Context, jobs map[string]*job, do func(context.Context)) {
	var ctx context.Context
	var cancel context.CancelFunc
	for k := range jobs {
		if jobs[k].ok && cancel == nil {
			ctx, cancel = context.WithCancel(parent) // want `\[lostpath\]`
			do(ctx)
		}
		if !jobs[k].ok {
			return
		}
	}
	if cancel != nil {
		cancel()
	}
}

func ByIndexLeaks(parent context.Context, jobs []job, do func(context.Context)) {
	var ctx context.Context
	var cancel context.CancelFunc
	for i := 0; i < len(jobs); i++ {
		if jobs[i].ok && cancel == nil {
			ctx, cancel = context.WithCancel(parent) // want `\[lostpath\]`
			do(ctx)
		}
		if !jobs[i].ok {
			return
		}
	}
	if cancel != nil {
		cancel()
	}
}

// OverMapClean asks the same element twice.
func OverMapClean(parent context.Context, jobs map[string]*job, do func(context.Context)) {
	for _, j := range jobs {
		if !j.ok {
			continue
		}
		ctx, cancel := context.WithCancel(parent)
		do(ctx)
		if !j.ok {
			return
		}
		cancel()
	}
}

func UnderKeyClean(parent context.Context, jobs map[string]*job, do func(context.Context)) {
	for k := range jobs {
		if !jobs[k].ok {
			continue
		}
		ctx, cancel := context.WithCancel(parent)
		do(ctx)
		if !jobs[k].ok {
			return
		}
		cancel()
	}
}

func ByIndexClean(parent context.Context, jobs []job, do func(context.Context)) {
	for i := 0; i < len(jobs); i++ {
		if !jobs[i].ok {
			continue
		}
		ctx, cancel := context.WithCancel(parent)
		do(ctx)
		if !jobs[i].ok {
			return
		}
		cancel()
	}
}

type turnWorker struct{ cancel context.CancelFunc }

type turnWorkers struct{ all []*turnWorker }

// StartLeaks gives up in the middle: the worker of that turn is in no list yet, those
// of the turns before are.
func (s *turnWorkers) StartLeaks(parent context.Context, names []string, start func(context.Context, string) error) error {
	for _, n := range names {
		w := &turnWorker{}
		var ctx context.Context
		ctx, w.cancel = context.WithCancel(parent) // want `\[lostpath\]`
		if err := start(ctx, n); err != nil {
			return err
		}
		s.all = append(s.all, w)
	}
	return nil
}

func (s *turnWorkers) StartClean(parent context.Context, names []string, start func(context.Context, string) error) error {
	for _, n := range names {
		w := &turnWorker{}
		s.all = append(s.all, w)
		var ctx context.Context
		ctx, w.cancel = context.WithCancel(parent)
		if err := start(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

func (s *turnWorkers) Stop() {
	for _, w := range s.all {
		w.cancel()
	}
}

type element struct {
	next *element
	last bool
}

type list struct{ first element }

// ChainLeaks comes to the end of a list whose first element there always is.
func ChainLeaks(parent context.Context, l *list, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	do(ctx)
	for e := &l.first; e != nil; e = e.next {
		if e.last {
			cancel()
			return
		}
	}
}

// ChainClean comes to no end: there always is another one.
func ChainClean(parent context.Context, l *list, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	do(ctx)
	for e := &l.first; e != nil; e = &l.first {
		if e.last {
			cancel()
			return
		}
	}
}

// SkipLeaks may forget the release on a turn, and others change nothing.
func SkipLeaks(parent context.Context, names []string, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	stop := cancel
	for _, name := range names {
		if name == "" {
			continue
		}
		if name == "forget" {
			stop = nil
		}
		do(ctx)
	}
	if stop != nil {
		stop()
	}
}

// SkipClean calls the release where it forgets it.
func SkipClean(parent context.Context, names []string, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	stop := cancel
	for _, name := range names {
		if name == "" {
			continue
		}
		if name == "forget" && stop != nil {
			stop()
			stop = nil
		}
		do(ctx)
	}
	if stop != nil {
		stop()
	}
}

type section struct{ cancel func() }

// SkipPartLeaks goes on with another part on some turns, and releases that.
func SkipPartLeaks(parent context.Context, names []string, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	at := &section{cancel}
	for _, name := range names {
		if name == "" {
			continue
		}
		if name == "next" {
			at = &section{func() {}}
		}
		do(ctx)
	}
	at.cancel()
}

// SkipPartClean releases the part that it leaves.
func SkipPartClean(parent context.Context, names []string, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	at := &section{cancel}
	for _, name := range names {
		if name == "" {
			continue
		}
		if name == "next" {
			at.cancel()
			at = &section{func() {}}
		}
		do(ctx)
	}
	at.cancel()
}
