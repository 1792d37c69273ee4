package batch

import (
	"context"
	"slices"
	"sync"

	"unpop/migrate"
)

// disks lets only some accounts at once read through their sources on one disk: more would make it seek and be slower for all.
type disks struct {
	most int
	mu   sync.Mutex
	of   map[string]chan struct{}
}

// gate is for [migrate.Options]: the scan waits for the disks that the sources lie on.
func (d *disks) gate(inputs []migrate.Input) func(context.Context, migrate.Step) (func(), error) {
	return func(ctx context.Context, step migrate.Step) (func(), error) {
		if step != migrate.StepScan {
			return func() {}, nil
		}
		return d.enter(ctx, inputs)
	}
}

// enter takes a place on each disk, in one order for all, so that no two wait for each other.
func (d *disks) enter(ctx context.Context, inputs []migrate.Input) (leave func(), err error) {
	var names []string
	for _, in := range inputs {
		names = append(names, diskOf(in.Path))
	}
	slices.Sort(names)
	var taken []chan struct{}
	leave = func() {
		for _, places := range taken {
			<-places
		}
	}
	for _, name := range slices.Compact(names) {
		places := d.places(name)
		select {
		case places <- struct{}{}:
			taken = append(taken, places)
		case <-ctx.Done():
			leave()
			return nil, ctx.Err()
		}
	}
	return leave, nil
}

func (d *disks) places(name string) chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.of == nil {
		d.of = map[string]chan struct{}{}
	}
	if d.of[name] == nil {
		d.of[name] = make(chan struct{}, d.most)
	}
	return d.of[name]
}
