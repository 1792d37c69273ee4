package report

import (
	"context"
	"iter"
	"math"
	"strings"

	"unpop/state"
)

// Source is what a page tells of one source.
type Source struct {
	state.ListedSource
	Folders  []Folder
	More     int // folders that are not shown
	Sum      Folder
	Other    []Remark // what is not mail
	Remarks  []Remark
	Troubles []Remark // pieces that could not be read to their end
	Untold   int      // remarks beyond the limit
}

// Remark is what there is to say of a piece of a source.
type Remark struct{ Part, Text string }

// Folder is a store folder and where its mail went.
type Folder struct {
	state.Holding
	Mailbox string // that was planned for it; empty: none
	First   int64  // copies that stand for their messages: these were sent, or were found there
	Further int64  // copies of messages that another copy stands for
	Flows   []Flow // to other mailboxes than the planned one, because another copy lay in a better place
}

// Flow is how many copies became messages of a mailbox.
type Flow struct {
	Mailbox string
	Copies  int64
}

// mostFolders bounds the table of a source's folders, and mostFlows what is told of one of them.
const (
	mostFolders = 1000
	mostFlows   = 8
)

func (a *Account) mostFolders() int {
	if a.whole {
		return math.MaxInt
	}
	return mostFolders
}

func (a *Account) readSources(ctx context.Context, account *state.Account) error {
	sources, err := account.ListedSources(ctx)
	if err != nil {
		return err
	}
	names, err := account.MailboxNames(ctx)
	if err != nil {
		return err
	}
	for _, listed := range sources {
		s := Source{ListedSource: listed}
		if err := s.readFolders(ctx, account, names, a.mostFolders()); err != nil {
			return err
		}
		if err := s.readRemarks(account.Remarks(ctx, s.ID), a.limit()); err != nil {
			return err
		}
		a.Sources = append(a.Sources, s)
	}
	return nil
}

func (s *Source) readFolders(ctx context.Context, account *state.Account, names map[int64]string, most int) error {
	holdings, err := account.Holdings(ctx, []int64{s.ID})
	if err != nil {
		return err
	}
	at := make(map[int64]int, len(holdings))
	for i, h := range holdings {
		at[h.Folder.ID] = i
		s.Folders = append(s.Folders, Folder{Holding: h, Mailbox: names[h.Folder.Mailbox]})
	}
	for flow, err := range account.Flows(ctx, s.ID) {
		if err != nil {
			return err
		}
		if i, ok := at[flow.Folder]; ok {
			s.Folders[i].flow(flow, names[flow.Mailbox])
		}
	}
	s.sum(most)
	return nil
}

// flow counts copies that went to a mailbox.
func (f *Folder) flow(flow state.Flow, mailbox string) {
	f.First += flow.Sent
	f.Further += flow.Copies - flow.Sent
	if flow.Mailbox != 0 && flow.Mailbox != f.Folder.Mailbox && len(f.Flows) < mostFlows {
		f.Flows = append(f.Flows, Flow{mailbox, flow.Copies})
	}
}

// sum adds the folders up and keeps those that are shown.
func (s *Source) sum(most int) {
	shown := s.Folders[:0]
	for _, f := range s.Folders {
		s.Sum.Messages += f.Messages
		s.Sum.Bytes += f.Bytes
		s.Sum.Expunged += f.Expunged
		s.Sum.Unreadable += f.Unreadable
		s.Sum.First += f.First
		s.Sum.Further += f.Further
		if len(shown) < most {
			shown = append(shown, f)
		} else {
			s.More++
		}
	}
	s.Folders = shown
}

// notMail ends the remark of a source that holds contacts, appointments and the like.
const notMail = ": not mail"

func (s *Source) readRemarks(parts iter.Seq2[state.Part, error], limit int) error {
	for p, err := range parts {
		if err != nil {
			return err
		}
		if p.Error != "" {
			s.put(&s.Troubles, Remark{p.Name, strings.TrimPrefix(p.Error, p.Name+": ")}, limit)
		}
		for _, text := range p.Remarks {
			if before, _, ok := strings.Cut(text, notMail); ok {
				s.put(&s.Other, Remark{p.Name, before}, limit)
			} else {
				s.put(&s.Remarks, Remark{p.Name, text}, limit)
			}
		}
	}
	return nil
}

func (s *Source) put(list *[]Remark, r Remark, limit int) {
	if len(*list) >= limit {
		s.Untold++
		return
	}
	*list = append(*list, r)
}
