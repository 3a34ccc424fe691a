package truth

// This file makes the function under test, statement by statement. What the
// programs are made of besides (wrappers, helpers, owners) is in shapes.go.

import (
	"fmt"
	"slices"
	"strings"
)

// Choices is where randomness comes from.
type Choices interface {
	IntN(n int) int
}

// A resource is something that owes a release in the function being made.
type resource struct {
	release func() []*Node // statements that release it
	closure string         // a call that releases it, to be deferred or started
	guard   string         // what must hold for that call, or ""
	depth   int            // of the block it is declared in
}

// A pair is a context and its release function, in variables.
type pair struct {
	ctx, cancel string
	null        bool // cancel may be nil
	assignable  bool // both are of the types that context.WithCancel returns
}

// A scope is what a function has in sight. It is copied for each block.
type scope struct {
	ctxs    []string // contexts to derive from
	bools   []string // conditions that may be asked
	ints    []string
	flags   []string // boolean variables that may be assigned
	pairs   []pair
	lists   []string
	maps    []string
	owners  []owned
	owed    []resource
	loop    int  // loops around, within the function
	looped  int  // resources owed outside the innermost loop
	depth   int  // of blocks
	closure bool // inside a function literal
}

type owned struct {
	name string
	kind *owner
}

// ways is how a function returns.
type ways struct {
	failure string
}

type gen struct {
	Choices
	*scope
	program *Program
	names   int
	left    int // statements that may still be made
	made    int // creations
	returns ways
	kinds   []*owner
	helpers map[string]string
}

func (g *gen) maybe(percent int) bool { return g.IntN(100) < percent }

func (g *gen) name(prefix string) string {
	g.names++
	return fmt.Sprintf("%s%d", prefix, g.names)
}

// global is name for a declaration.
func (g *gen) global(prefix string) string {
	g.names++
	return fmt.Sprintf("%s§_%d", prefix, g.names)
}

func one[T any](g *gen, all []T) T { return all[g.IntN(len(all))] }

// weighted picks an index by weight.
func (g *gen) weighted(weights ...int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	k := g.IntN(sum)
	for i, w := range weights {
		if k < w {
			return i
		}
		k -= w
	}
	panic("unreachable")
}

// Generate makes a program.
func Generate(c Choices) *Program {
	g := &gen{Choices: c, program: &Program{}, left: 4 + c.IntN(9), helpers: make(map[string]string)}
	g.scope = &scope{ctxs: []string{"ctx"}, bools: []string{"a", "b", "c"}, ints: []string{"n"}}
	params := "ctx context.Context, a, b, c bool, n int"
	if g.maybe(20) {
		o := g.newOwner()
		g.program.Owner = o.name
		g.program.Init = o.literal()
		g.program.Close = "w.Close()"
		g.owners = append(g.owners, owned{"w", o})
		params = "ctx context.Context, w *" + o.name + ", a, b, c bool, n int"
	}
	body := g.block(1+g.IntN(4), true, nil)
	g.program.Entry = function("run§("+params+")", body...)
	return g.program
}

// block makes the statements of a block: what create adds to the scope, then n
// more. What is declared inside is released at its end, mostly.
func (g *gen) block(n int, first bool, prepare func() []*Node) []*Node {
	outer := g.scope
	inner := *outer
	for _, s := range []*[]string{&inner.ctxs, &inner.bools, &inner.ints, &inner.flags, &inner.lists, &inner.maps} {
		*s = slices.Clone(*s)
	}
	inner.pairs, inner.owners, inner.owed = slices.Clone(inner.pairs), slices.Clone(inner.owners), slices.Clone(inner.owed)
	inner.depth++
	g.scope = &inner
	defer func() { g.scope = outer }()

	var body []*Node
	if prepare != nil {
		body = append(body, prepare()...)
	}
	if first {
		body = append(body, g.create()...)
	}
	for range n {
		if g.left <= 0 {
			break
		}
		g.left--
		stmts, ends := g.statement()
		body = append(body, stmts...)
		if ends {
			return body
		}
	}
	for _, r := range g.owed[len(outer.owed):] {
		if g.maybe(82) {
			body = append(body, r.release()...)
		}
	}
	return body
}

// statement makes one statement; ends says that control does not go on.
func (g *gen) statement() (stmts []*Node, ends bool) {
	creates := 14
	if g.made >= 3 {
		creates = 1
	}
	deep := g.depth >= 4
	compound := func(w int) int {
		if deep {
			return 0
		}
		return w
	}
	have := func(ok bool, w int) int {
		if ok {
			return w
		}
		return 0
	}
	switch g.weighted(
		creates,                     // 0 creation
		14,                          // 1 release of something
		compound(16),                // 2 if
		compound(14),                // 3 early return
		compound(8),                 // 4 loop
		compound(4),                 // 5 switch
		compound(5),                 // 6 function literal
		4,                           // 7 flag
		have(g.loop > 0, 8),         // 8 break, continue
		have(len(g.pairs) > 0, 4),   // 9 goroutine
		have(len(g.owners) > 0, 10), // 10 method of an owner
		have(len(g.pairs) > 0, 5),   // 11 keep in a container
		have(len(g.pairs) > 0, 3),   // 12 overwrite
		3,                           // 13 look at the context
		1,                           // 14 return
	) {
	case 0:
		return g.create(), false
	case 1:
		return g.releaseSome(), false
	case 2:
		return g.branch(), false
	case 3:
		return g.earlyReturn(), false
	case 4:
		return g.loopStmt(), false
	case 5:
		return g.choice(), false
	case 6:
		return g.literal(), false
	case 7:
		return g.flag(), false
	case 8:
		return g.leaveLoop()
	case 9:
		return g.goroutine(), false
	case 10:
		o := one(g, g.owners)
		return o.kind.use(g, o.name), false
	case 11:
		return g.keep(), false
	case 12:
		return g.overwrite(), false
	case 13:
		return g.look(), false
	default:
		return g.ret(), true
	}
}

// condition is a boolean expression over what is in sight.
func (g *gen) condition() string {
	switch g.weighted(10, 5, 6, 3, 2, 2) {
	case 0:
		return one(g, g.bools)
	case 1:
		return "!" + one(g, g.bools)
	case 2:
		return g.comparison()
	case 3:
		return "rt.Ask()"
	case 4:
		return one(g, g.bools) + " && " + g.comparison()
	default:
		return one(g, g.bools) + " || " + one(g, g.bools)
	}
}

func (g *gen) comparison() string {
	if len(g.ints) == 0 {
		return one(g, g.bools)
	}
	return one(g, g.ints) + one(g, []string{" > 0", " == 0", " == 1", " != 1", " < 2", " >= 2", " <= 0", " > 1"})
}

func (g *gen) branch() []*Node {
	cond := g.condition()
	if len(g.pairs) > 0 && g.maybe(25) {
		p := one(g, g.pairs)
		if p.null {
			cond = p.cancel + one(g, []string{" != nil", " == nil"})
		} else {
			return []*Node{ifThen(p.ctx+".Err() == nil", stmt(p.cancel+"()"))}
		}
	}
	n := ifThen(cond, g.block(1+g.IntN(2), g.made < 3 && g.maybe(20), nil)...)
	if g.maybe(40) {
		n.Blocks = append(n.Blocks, Block{"} else {", g.block(1+g.IntN(2), false, nil)})
	}
	return []*Node{n}
}

func (g *gen) earlyReturn() []*Node {
	head := "if " + g.condition() + " {"
	if g.maybe(40) {
		head = "if err := rt.Try(); err != nil {"
	}
	body := g.block(g.IntN(2), false, nil)
	if len(body) > 0 && ends(body[len(body)-1]) {
		return []*Node{block(head, "}", body...)}
	}
	return []*Node{block(head, "}", append(body, g.ret()...)...)}
}

func ends(n *Node) bool {
	word, _, _ := strings.Cut(n.Line, " ")
	return word == "return" || word == "break" || word == "continue"
}

// ret returns, and releases most of what is owed.
func (g *gen) ret() []*Node {
	var stmts []*Node
	for i := len(g.owed) - 1; i >= 0; i-- {
		if g.maybe(82) {
			stmts = append(stmts, g.owed[i].release()...)
		}
	}
	return append(stmts, stmt(strings.TrimSpace("return "+g.returns.failure)))
}

func (g *gen) loopStmt() []*Node {
	outer := *g.scope
	defer func() { g.scope.loop, g.scope.looped = outer.loop, outer.looped }()
	g.loop++
	g.looped = len(g.owed)
	first := g.made < 3 && g.maybe(50)
	body := func(prepare func() []*Node) []*Node { return g.block(1+g.IntN(2), first, prepare) }
	i := g.name("i")
	switch g.weighted(4, 3, 3, 2, 2) {
	case 0:
		if len(g.ints) > 0 {
			return []*Node{block(fmt.Sprintf("for %s := 0; %s < %s; %s++ {", i, i, one(g, g.ints), i), "}", body(func() []*Node {
				g.ints = append(g.ints, i)
				return nil
			})...)}
		}
		fallthrough
	case 1:
		return []*Node{block("for range 2 {", "}", body(nil)...)}
	case 2:
		return []*Node{block("for rt.Ask() {", "}", body(nil)...)}
	case 3:
		return []*Node{block("for _, "+i+" := range []int{0, 1} {", "}", body(func() []*Node {
			return []*Node{line("_ = %s", i)}
		})...)}
	default:
		return []*Node{block("for {", "}", append([]*Node{ifThen("rt.Ask()", line("break"))}, body(nil)...)...)}
	}
}

func (g *gen) leaveLoop() ([]*Node, bool) {
	var stmts []*Node
	for i := len(g.owed) - 1; i >= g.looped; i-- {
		if g.maybe(82) {
			stmts = append(stmts, g.owed[i].release()...)
		}
	}
	stmts = append(stmts, stmt(one(g, []string{"break", "continue"})))
	if g.maybe(80) {
		return []*Node{ifThen(g.condition(), stmts...)}, false
	}
	return stmts, true
}

func (g *gen) choice() []*Node {
	// A break inside means the switch.
	outer := g.loop
	defer func() { g.scope.loop = outer }()
	g.loop = 0
	n := &Node{Line: "switch " + one(g, g.ints) + " {", Tail: "}"}
	clauses := []string{"case 0:", "case 1:", "default:"}
	if len(g.ints) == 0 || g.maybe(40) {
		n.Line = "switch {"
		clauses = []string{"case " + one(g, g.bools) + ":", "case " + one(g, g.bools) + ":", "default:"}
	}
	if g.maybe(40) {
		clauses = clauses[:2]
	}
	for _, c := range clauses {
		n.Blocks = append(n.Blocks, Block{c, g.block(1, false, nil)})
	}
	return []*Node{n}
}

// literal makes a function literal and calls it.
func (g *gen) literal() []*Node {
	outer, returns := *g.scope, g.returns
	inner := *g.scope
	inner.owed, inner.loop, inner.closure = nil, 0, true
	saved := g.scope
	g.scope = &inner
	g.returns = ways{}
	body := g.block(1+g.IntN(2), g.made < 3 && g.maybe(15), nil)
	if len(outer.owed) > 0 && g.maybe(60) {
		body = append(body, one(g, outer.owed).release()...)
	}
	g.scope, g.returns = saved, returns
	f := g.name("f")
	switch g.weighted(3, 3, 3, 2) {
	case 0:
		return []*Node{block("func() {", "}()", body...)}
	case 1:
		return []*Node{block("defer func() {", "}()", body...)}
	case 2:
		return []*Node{block(f+" := func() {", "}", body...), ifThen(g.condition(), stmt(f+"()")), stmt(one(g, []string{f + "()", "defer " + f + "()", "_ = " + f}))}
	default:
		return []*Node{block(f+" := func() {", "}", body...), stmt(f + "()")}
	}
}

func (g *gen) flag() []*Node {
	if len(g.flags) > 0 && g.maybe(70) {
		f := one(g, g.flags)
		return []*Node{line("%s = %s", f, one(g, []string{"true", "false", "!" + f, g.condition()}))}
	}
	f, value := g.name("ok"), one(g, []string{"false", "true", g.condition()})
	g.flags = append(g.flags, f)
	g.bools = append(g.bools, f)
	return []*Node{line("%s := %s", f, value), stmt("_ = " + f)}
}

func (g *gen) look() []*Node {
	ctx := one(g, g.ctxs)
	if g.maybe(50) {
		return []*Node{line("rt.Use(%s)", ctx)}
	}
	// The parent never ends while a program runs, so nothing else may follow
	// from its end.
	n := &Node{Line: "select {", Tail: "}"}
	done := []*Node{line("rt.Use(%s)", ctx)}
	outer := g.loop
	g.loop = 0 // a break inside means the select
	n.Blocks = []Block{{"case <-" + ctx + ".Done():", done}, {"default:", g.block(g.IntN(2), false, nil)}}
	g.loop = outer
	return []*Node{n}
}

// releaseSome releases something that is owed, and may think it done with.
func (g *gen) releaseSome() []*Node {
	if len(g.owed) == 0 {
		return g.flag()
	}
	i := g.IntN(len(g.owed))
	r := g.owed[i]
	if g.maybe(35) && r.depth == g.depth {
		g.owed = slices.Delete(slices.Clone(g.owed), i, i+1)
	}
	return g.guarded(r)
}

// guarded releases r in one of many ways.
func (g *gen) guarded(r resource) []*Node {
	under := func(n *Node) []*Node {
		if r.guard != "" {
			return []*Node{ifThen(r.guard, n)}
		}
		return []*Node{n}
	}
	switch g.weighted(8, 4, 3, 3, 2, 2) {
	case 0:
		return r.release()
	case 1:
		return under(stmt("defer " + r.closure))
	case 2:
		return []*Node{block("defer func() {", "}()", r.release()...)}
	case 3:
		return []*Node{ifThen(g.condition(), r.release()...)}
	case 4:
		return []*Node{block("defer func() {", "}()", ifThen(g.condition(), r.release()...))}
	default:
		return under(stmt("go " + r.closure))
	}
}

// goroutine starts one that uses or ends a context.
func (g *gen) goroutine() []*Node {
	p := one(g, g.pairs)
	if p.ctx == "" {
		return nil
	}
	under := func(all ...*Node) []*Node {
		if p.null {
			return []*Node{ifThen(p.cancel+" != nil", all...)}
		}
		return all
	}
	switch g.weighted(3, 2, 3, 2) {
	case 0:
		return []*Node{block("go func() {", "}()", line("<-%s.Done()", p.ctx))}
	case 1:
		return under(block("go func() {", "}()", line("defer %s()", p.cancel), line("rt.Use(%s)", p.ctx)))
	case 2:
		done := g.name("done")
		return under(line("%s := make(chan struct{})", done),
			block("go func() {", "}()", line("defer close(%s)", done), line("rt.Use(%s)", p.ctx), stmt(one(g, []string{p.cancel + "()", "_ = " + p.cancel, "defer " + p.cancel + "()"}))),
			line("<-%s", done))
	default:
		return []*Node{block("go func(ctx context.Context) {", "}("+p.ctx+")", line("rt.Use(ctx)"))}
	}
}

// keep puts a release function into a container.
func (g *gen) keep() []*Node {
	p := one(g, g.pairs)
	if p.null {
		return nil
	}
	if g.maybe(50) {
		if len(g.lists) == 0 {
			return nil
		}
		fs := one(g, g.lists)
		return []*Node{line("%s = append(%s, %s)", fs, fs, p.cancel)}
	}
	if len(g.maps) == 0 {
		return nil
	}
	return []*Node{line("%s[%s] = %s", one(g, g.maps), g.key(), p.cancel)}
}

func (g *gen) key() string {
	if len(g.ints) > 0 && g.maybe(60) {
		return one(g, g.ints)
	}
	return one(g, []string{"0", "1"})
}

// overwrite assigns to the variables of a pair, whose old value may be live.
func (g *gen) overwrite() []*Node {
	p := one(g, g.pairs)
	if !p.assignable {
		return nil
	}
	if g.maybe(20) {
		return []*Node{line("%s = nil", p.cancel), line("%s = func() {}", p.cancel)}
	}
	g.made++
	var stmts []*Node
	if g.maybe(60) {
		stmts = g.pairResource(p).release()
	}
	// What derives from the old context may be done before it begins.
	g.ctxs = slices.DeleteFunc(slices.Clone(g.ctxs), func(ctx string) bool { return ctx == p.ctx })
	return append(stmts, line("%s, %s = context.%s", p.ctx, p.cancel, g.creator()))
}
