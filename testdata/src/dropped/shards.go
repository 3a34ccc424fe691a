package dropped

// "A release before the removal": also in a map that is one of several.

import "context"

type shard struct{ m map[uint64]context.CancelFunc }

// Shards spreads its entries.
type Shards struct {
	list  []*shard
	array [4]shard
}

func (s *Shards) Add(parent context.Context, id uint64, run func(context.Context)) {
	one := s.list[id%4]
	if _, ok := one.m[id]; ok {
		return
	}
	ctx, cancel := context.WithCancel(parent)
	one.m[id] = cancel
	go run(ctx)
}

func (s *Shards) CloseClean() {
	for _, one := range s.list {
		for id, cancel := range one.m {
			cancel()
			delete(one.m, id)
		}
	}
}

func (s *Shards) CloseArrayClean() {
	for i := range s.array {
		one := &s.array[i]
		for id, cancel := range one.m {
			delete(one.m, id)
			cancel()
		}
	}
}

func (s *Shards) DropLeaks(id uint64) {
	for _, one := range s.list {
		if _, ok := one.m[id]; ok {
			delete(one.m, id) // want `\[dropped\]`
		}
	}
}

// OtherLeaks releases what is in another shard.
func (s *Shards) OtherLeaks(id uint64) {
	for i, one := range s.list {
		if cancel, ok := s.list[(i+1)%4].m[id]; ok {
			cancel()
			delete(one.m, id) // want `\[dropped\]`
		}
	}
}
