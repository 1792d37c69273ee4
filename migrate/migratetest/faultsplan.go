package migratetest

import "slices"

// planned is a fault of a plan.
type planned struct {
	Fault
	left  int64 // of the trigger's count
	fired bool
}

// plan holds the faults in the order in which they were planned, and those still waiting by the key of their triggers.
// Only the first of each queue is armed.
type plan struct {
	all    []*planned
	queues map[string][]*planned
}

func (p *plan) add(faults []Fault) {
	if p.queues == nil {
		p.queues = make(map[string][]*planned)
	}
	for _, f := range faults {
		fault := &planned{Fault: f, left: max(f.When.nth, 1)}
		p.all = append(p.all, fault)
		p.queues[f.When.key()] = append(p.queues[f.When.key()], fault)
	}
}

// count lets n more of what a queue counts happen, but no more than up to its armed fault: it returns how many these are,
// and the fault if it is due then.
func (p *plan) count(key string, n int) (int, *planned) {
	queue := p.queues[key]
	if len(queue) == 0 {
		return n, nil
	}
	if first := queue[0]; first.left <= int64(n) {
		p.queues[key] = queue[1:]
		return int(first.left), first
	}
	queue[0].left -= int64(n)
	return n, nil
}

// countAny counts one in each of several queues and returns the first fault that is due. Another one stays due.
func (p *plan) countAny(keys ...string) *planned {
	var due *planned
	for _, key := range keys {
		_, f := p.count(key, 1)
		if due == nil {
			due = f
			continue
		}
		p.restore(f)
	}
	return due
}

// restore puts a fault back that couldn't happen; it is due at the next chance.
func (p *plan) restore(f *planned) {
	if f == nil {
		return
	}
	f.left = 1
	key := f.When.key()
	p.queues[key] = slices.Insert(slices.Clone(p.queues[key]), 0, f)
}
