package dropped

import "context"

// A topic goes when nobody reads it any more.

type hearer struct {
	name string
	stop context.CancelFunc
}

type forum struct {
	ctx    context.Context
	topics map[string][]*hearer
}

func (j *forum) Read(topic string) *hearer {
	ctx, stop := context.WithCancel(j.ctx)
	go linger(ctx)
	r := &hearer{topic, stop}
	j.topics[topic] = append(j.topics[topic], r)
	return r
}

func (j *forum) Leave(topic string, r *hearer) {
	left := j.topics[topic]
	for i, x := range left {
		if x == r {
			left = append(left[:i:i], left[i+1:]...)
			break
		}
	}
	if len(left) == 0 {
		delete(j.topics, topic)
	} else {
		j.topics[topic] = left
	}
	r.stop()
}

func (j *forum) LeaveByName(topic, name string) {
	left := j.topics[topic]
	for i, x := range left {
		if x.name == name {
			x.stop()
			left = append(left[:i], left[i+1:]...)
			break
		}
	}
	j.topics[topic] = left
	if len(j.topics[topic]) == 0 {
		delete(j.topics, topic)
	}
}

func (j *forum) Forget(topic string, r *hearer) {
	left := j.topics[topic]
	for i, x := range left {
		if x == r {
			left = append(left[:i:i], left[i+1:]...)
			break
		}
	}
	if len(left) == 0 {
		delete(j.topics, topic) // want `dropped from an element of the field topics without being called`
	} else {
		j.topics[topic] = left
	}
}

func (j *forum) ForgetByName(topic, name string) {
	left := j.topics[topic]
	for i, x := range left {
		if x.name == name {
			left = append(left[:i], left[i+1:]...)
			break
		}
	}
	j.topics[topic] = left
	if len(j.topics[topic]) == 0 {
		delete(j.topics, topic) // want `dropped from an element of the field topics without being called`
	}
}

func (j *forum) Drop(topic string) {
	if len(j.topics[topic]) > 1 {
		delete(j.topics, topic) // want `dropped from an element of the field topics without being called`
	}
}

// What is found elsewhere is removed under its own key.

type parcel struct {
	id   string
	lose context.CancelFunc
}

type depot struct {
	ctx     context.Context
	parcels map[string]*parcel
	due     chan *parcel
}

func (d *depot) Take(id string) {
	if d.parcels[id] != nil {
		return
	}
	p := &parcel{id: id}
	var ctx context.Context
	ctx, p.lose = context.WithCancel(d.ctx)
	go linger(ctx)
	d.parcels[id] = p
}

func (d *depot) Deliver(route map[*parcel]bool, next func() *parcel) {
	for p := range route {
		delete(d.parcels, p.id)
		p.lose()
	}
	p := <-d.due
	p.lose()
	delete(d.parcels, p.id)
	q := next()
	delete(d.parcels, q.id)
	defer q.lose()
}

func (d *depot) Mislay(route map[*parcel]bool, next func() *parcel) {
	for p := range route {
		delete(d.parcels, p.id) // want `dropped from an element of the field parcels without being called`
	}
	p := <-d.due
	delete(d.parcels, p.id) // want `dropped from an element of the field parcels without being called`
	q := next()
	delete(d.parcels, q.id) // want `dropped from an element of the field parcels without being called`
}
