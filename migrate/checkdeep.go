package migrate

import (
	"context"
	"iter"
	"slices"

	"unpop/state"
)

// lookDeep goes through the messages of a job, in the order in which their bytes come.
func (w *checker) lookDeep(ctx context.Context) error {
	open := map[UID]state.Message{}
	var uids []UID
	for _, msg := range w.job.messages {
		if msg.UIDValidity == w.box.UIDValidity {
			open[UID(msg.UID)] = msg
			uids = append(uids, UID(msg.UID))
		}
	}
	there := map[UID]Found{}
	for found, err := range w.listed(ctx, func(yield func([]UID) bool) { yield(uids) }) {
		if err != nil {
			return err
		}
		for _, f := range found {
			there[f.UID] = f
		}
	}
	uids = slices.DeleteFunc(uids, func(uid UID) bool { return there[uid].UID == 0 })
	for body, err := range bodies(ctx, w.session.(Finder), uids) { // listed found it to be one
		if err != nil {
			return err
		}
		msg, wanted := open[body.UID]
		if !wanted {
			continue
		}
		delete(open, body.UID)
		if err := w.compare(ctx, msg, there[body.UID], body); err != nil {
			return err
		}
	}
	return w.missing(ctx)
}

// bodies fetches messages of the selected mailbox. The session may not be used inside the loop.
func bodies(ctx context.Context, finder Finder, uids []UID) iter.Seq2[Fetched, error] {
	if fetcher, ok := finder.(Fetcher); ok {
		return fetcher.FetchAll(ctx, uids)
	}
	return func(yield func(Fetched, error) bool) {
		for _, uid := range uids {
			if !fetchOne(ctx, finder, uid, yield) {
				return
			}
		}
	}
}

func fetchOne(ctx context.Context, finder Finder, uid UID, yield func(Fetched, error) bool) (more bool) {
	body, err := finder.Fetch(ctx, uid)
	if err != nil {
		err = unlessVanished(ctx, finder, uid, err)
		return err == nil || yield(Fetched{}, err)
	}
	defer body.Close()
	return yield(Fetched{uid, body}, nil)
}

// compare judges a message by its bytes.
func (w *checker) compare(ctx context.Context, msg state.Message, found Found, body Fetched) error {
	id, content, err := digestBody(body.Body)
	if err != nil {
		return err
	}
	like, err := w.c.m.likeness(ctx, id, content, msg)
	if err == nil {
		err = w.one(ctx, msg.Held(), found, like)
	}
	if err == nil {
		w.job.messages = slices.DeleteFunc(w.job.messages, func(m state.Message) bool { return m.ID == msg.ID })
	}
	return err
}

// missing records that the rest of the job is not there.
func (w *checker) missing(ctx context.Context) error {
	for _, msg := range w.job.messages {
		if err := w.one(ctx, msg.Held(), Found{}, unlike); err != nil {
			return err
		}
	}
	w.job.messages = nil
	return w.batch.Flush(ctx)
}
