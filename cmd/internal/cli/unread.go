package cli

import (
	"context"
	"strings"

	"unpop/state"
)

// An unreadPart is a piece of a source that could not be read to its end, also for scripts.
type unreadPart struct {
	Source string `json:"source"`
	Part   string `json:"part"`
	Error  string `json:"error"`
}

// unread lists the pieces of the sources that could not be read to their end. Their messages are in no account.
func (j *job) unread(ctx context.Context) ([]unreadPart, error) {
	ids, err := j.sourceIDs(ctx)
	if err != nil {
		return nil, err
	}
	all := []unreadPart{}
	for i, id := range ids {
		parts, err := j.account.Parts(ctx, id)
		if err != nil {
			return nil, err
		}
		all = append(all, unreadOf(j.inputs[i].Path, parts)...)
	}
	return all, nil
}

func unreadOf(source string, parts []state.Part) []unreadPart {
	all := []unreadPart{}
	for _, p := range parts {
		if p.Error != "" {
			all = append(all, unreadPart{source, p.Name, strings.TrimPrefix(p.Error, p.Name+": ")}) // it is named already
		}
	}
	return all
}

// tellUnread lists the pieces of sources that could not be read.
func (a *app) tellUnread(parts []unreadPart) {
	if len(parts) == 0 {
		return
	}
	a.ui.printf("\nCould not be read to the end:\n")
	for _, p := range parts {
		a.ui.printf("  %s: %s\n", printable(p.Part), printable(p.Error))
	}
}

// An unreadableCopy is a message that could not be read at its source, also for scripts.
type unreadableCopy struct {
	Folder string `json:"folder"`
	Part   string `json:"part"`
	Ref    string `json:"ref"`
	Reason string `json:"reason"`
}

// unreadables lists at most so many of the messages that could not be read at the sources.
func unreadables(ctx context.Context, account *state.Account, sources []int64, most int) ([]unreadableCopy, error) {
	all := []unreadableCopy{}
	for c, err := range account.Unreadables(ctx, sources) {
		if err != nil {
			return nil, err
		}
		if len(all) == most {
			break
		}
		all = append(all, unreadableCopy{c.Folder, c.Part, c.Ref, c.Reason})
	}
	return all, nil
}

// tellUnreadable names the messages that could not be read at their source.
func (a *app) tellUnreadable(copies []unreadableCopy) {
	if len(copies) == 0 {
		return
	}
	a.ui.printf("\nCould not be read:\n")
	for _, c := range copies {
		a.ui.printf("  %s, at %s: %s\n", printable(c.Folder), printable(c.Ref), printable(c.Reason))
	}
}

// tellSomeUnreadable names the first of them, and says where more are named.
func (a *app) tellSomeUnreadable(ctx context.Context, account *state.Account, sources []int64, more string) error {
	copies, err := unreadables(ctx, account, sources, mostListed+1)
	if err != nil {
		return err
	}
	a.tellUnreadable(copies[:min(len(copies), mostListed)])
	if len(copies) > mostListed {
		a.ui.printf("  … and more%s\n", more)
	}
	return nil
}
