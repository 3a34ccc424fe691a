package dropped

import "context"

// A branch is found by going down a tree.

type branch struct {
	cut      context.CancelFunc
	branches map[string]*branch
}

type tree struct {
	ctx   context.Context
	trunk *branch
}

func (t *tree) Grow(path []string) {
	b := t.trunk
	for _, p := range path {
		next := b.branches[p]
		if next == nil {
			ctx, cut := context.WithCancel(t.ctx)
			go linger(ctx)
			next = &branch{cut: cut, branches: make(map[string]*branch)}
			b.branches[p] = next
		}
		b = next
	}
}

func (b *branch) fell() {
	for name, next := range b.branches {
		next.fell()
		delete(b.branches, name)
	}
	b.cut()
}

func (t *tree) Prune(path []string) {
	b := t.trunk
	for i, p := range path {
		next := b.branches[p]
		if next == nil {
			return
		}
		if i == len(path)-1 {
			delete(b.branches, p)
			next.fell()
			return
		}
		b = next
	}
}

func (t *tree) Break(path []string) {
	b := t.trunk
	for i, p := range path {
		next := b.branches[p]
		if next == nil {
			return
		}
		if i == len(path)-1 {
			delete(b.branches, p) // want `dropped from an element of the field branches without being called`
			return
		}
		b = next
	}
}
