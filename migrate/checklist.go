package migrate

import (
	"context"
	"iter"
	"slices"

	"unpop/state"
)

// list compares the mailbox with the server's listing, page by page. Pages are asked for ahead, so that no time goes by on the line.
func (w *checker) list(ctx context.Context, worked func()) error {
	var failed error
	var asked [][]state.Held // and not answered
	pages := func(yield func([]UID) bool) {
		for after := w.job.after; ; {
			var page []state.Held
			page, failed = w.c.m.account.Held(ctx, w.job.mailbox.ID, after, checkPage)
			if failed != nil || len(page) == 0 {
				return
			}
			after = page[len(page)-1].Seat
			asked = append(asked, page)
			if !yield(w.uids(page)) {
				return
			}
		}
	}
	for there, err := range w.listed(ctx, pages) {
		if err == nil {
			err = w.turn(ctx, asked[0], there)
		}
		if err != nil {
			return err
		}
		asked = asked[1:]
		worked()
	}
	return failed
}

// turn judges a page that was answered.
func (w *checker) turn(ctx context.Context, page []state.Held, there []Found) error {
	for _, held := range page {
		found := Found{}
		if held.UIDValidity == w.box.UIDValidity {
			found, there = pick(there, UID(held.UID))
		}
		if err := w.one(ctx, held, found, bare(held, found)); err != nil {
			return err
		}
	}
	w.job.after = page[len(page)-1].Seat
	return w.batch.Flush(ctx)
}

// pick takes a message out of a listing by UID, and what comes before it.
func pick(there []Found, uid UID) (Found, []Found) {
	for len(there) > 0 && there[0].UID < uid {
		there = there[1:]
	}
	if len(there) == 0 || there[0].UID != uid {
		return Found{}, there
	}
	return there[0], there[1:]
}

// bare is how much a message that was not fetched is the one that was sent.
func bare(held state.Held, found Found) likeness {
	if held.Size != found.Size {
		return unproven
	}
	return same
}

// uids are those under which messages may be in the selected mailbox.
func (w *checker) uids(page []state.Held) []UID {
	var uids []UID
	for _, held := range page {
		if held.UIDValidity == w.box.UIDValidity {
			uids = append(uids, UID(held.UID))
		}
	}
	return uids
}

// listed answers pages of UIDs with what is there.
func (w *checker) listed(ctx context.Context, pages iter.Seq[[]UID]) iter.Seq2[[]Found, error] {
	if lister, ok := w.session.(Lister); ok && !w.gone {
		return lister.List(ctx, pages)
	}
	finder, ok := w.session.(Finder)
	return func(yield func([]Found, error) bool) {
		for page := range pages {
			var there []Found
			var err error
			switch {
			case w.gone || len(page) == 0:
			case !ok:
				err = errNoFinder
			default:
				there, err = findThese(ctx, finder, page)
			}
			if !yield(there, err) || err != nil {
				return
			}
		}
	}
}

// findThese lists those of some messages that are there. Others may lie between them.
func findThese(ctx context.Context, finder Finder, uids []UID) ([]Found, error) {
	var there []Found
	for found, err := range finder.Find(ctx, uids[0], uids[len(uids)-1], false) {
		if err != nil {
			return nil, err
		}
		if _, asked := slices.BinarySearch(uids, found.UID); asked {
			there = append(there, found)
		}
	}
	return there, nil
}
