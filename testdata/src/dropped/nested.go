package dropped

// "Maps in maps", and what else goes with its own ways to end.

import (
	"context"
	"slices"
	"sync"
)

// NestedTargets are watched, by service.
type NestedTargets struct {
	root  context.Context
	m     map[string]map[string]context.CancelFunc
	watch func(context.Context, string)
}

func (t *NestedTargets) Add(service, target string) {
	if t.m[service] == nil {
		t.m[service] = make(map[string]context.CancelFunc)
	}
	if _, ok := t.m[service][target]; ok {
		return
	}
	ctx, cancel := context.WithCancel(t.root)
	t.m[service][target] = cancel
	go t.watch(ctx, target)
}

func (t *NestedTargets) RemoveClean(service, target string) {
	if cancel, ok := t.m[service][target]; ok {
		cancel()
		delete(t.m[service], target)
	}
}

func (t *NestedTargets) RemoveLeaks(service, target string) {
	delete(t.m[service], target) // want `^cancel function of context.WithCancel is dropped from an element of the field m without being called`
}

func (t *NestedTargets) RemoveAllClean(service string) {
	for _, cancel := range t.m[service] {
		cancel()
	}
	delete(t.m, service)
}

func (t *NestedTargets) RemoveAllLeaks(service string) {
	delete(t.m, service) // want `^cancel function of context.WithCancel is dropped from an element of the field m without being called`
}

// A once ends by a function that forgets itself.
type SelfEnding struct {
	mu   sync.Mutex
	stop func(context.Context) error
}

func (o *SelfEnding) StartClean(parent context.Context, run func(context.Context)) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.stop != nil {
		return false
	}
	ctx, cancel := context.WithCancel(parent)
	go run(ctx)
	o.stop = func(context.Context) error {
		cancel()
		o.stop = nil
		return nil
	}
	return true
}

func (o *SelfEnding) Stop(ctx context.Context) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.stop == nil {
		return nil
	}
	return o.stop(ctx)
}

func (o *SelfEnding) ForgetLeaks() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stop = nil // want `^cancel function of context.WithCancel is dropped from the field stop without being called`
}

// A route has members, who leave by way of two functions.
type routeMember struct {
	stop  context.CancelFunc
	route *MemberRoute
	topic string
}

type MemberRoute struct {
	mu      sync.Mutex
	members map[string][]*routeMember
}

func (r *MemberRoute) Join(parent context.Context, topic string, run func(context.Context)) *routeMember {
	ctx, stop := context.WithCancel(parent)
	m := &routeMember{stop: stop, route: r, topic: topic}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.members[topic] = append(r.members[topic], m)
	go run(ctx)
	return m
}

func (m *routeMember) LeaveClean() {
	m.stop()
	m.route.leave(m.topic, m)
}

func (r *MemberRoute) leave(topic string, m *routeMember) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.remove(topic, m)
}

func (r *MemberRoute) remove(topic string, m *routeMember) {
	all := r.members[topic]
	i := slices.Index(all, m)
	if i < 0 {
		return
	}
	if len(all) > 1 {
		r.members[topic] = slices.Delete(all, i, i+1)
		return
	}
	delete(r.members, topic)
}

func (r *MemberRoute) CloseLeaks(topic string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.members, topic) // want `^cancel function of context.WithCancel is dropped from an element of the field members without being called`
}

// A typedMap sync.Map: whoever calls its Delete has another one.
type typedMap[K comparable, V any] struct{ m sync.Map }

func (t *typedMap[K, V]) Store(k K, v V) { t.m.Store(k, v) }
func (t *typedMap[K, V]) Delete(k K)     { t.m.Delete(k) }
func (t *typedMap[K, V]) Take(k K) (v V, ok bool) {
	x, ok := t.m.LoadAndDelete(k)
	if !ok {
		return v, false
	}
	return x.(V), true
}

type typedDevice struct{ stop context.CancelFunc }

type TypedDevices struct {
	root context.Context
	all  typedMap[string, *typedDevice]
}

func (d *TypedDevices) Online(id string, run func(context.Context)) {
	d.Offline(id)
	ctx, cancel := context.WithCancel(d.root)
	d.all.Store(id, &typedDevice{cancel})
	go run(ctx)
}

func (d *TypedDevices) Offline(id string) {
	if x, ok := d.all.Take(id); ok {
		x.stop()
	}
}
