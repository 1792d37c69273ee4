package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"unpop/cmd/internal/progress"
	"unpop/migrate"
	"unpop/state"
)

func (a *app) scan() *cobra.Command {
	var ledger ledgerFlag
	var export exportFlag
	var from scanFlags
	cmd := &cobra.Command{
		Use:   "scan SOURCE...",
		Short: "Show what is there: folders, messages, duplicates; touch nothing.",
		Example: `  unpop scan ~/.thunderbird
  unpop scan mbox:/mnt/pc2/mail maildir:/mnt/pc3/Maildir`,
		Args:        someSources,
		Annotations: exits(exitDone, exitError, exitUsage, exitStopped),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runScan(cmd, ledger.state, &export, &from, args)
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().BoolVar(&a.ui.json, "json", false, "progress and result as JSON")
	ledger.add(cmd, "keep what was read in `FILE`, for a quick next scan")
	export.add(cmd)
	from.add(cmd)
	return cmd
}

// scanAccount is the ledger's account for what was only scanned.
const scanAccount = "scan:"

func (a *app) runScan(cmd *cobra.Command, ledger string, export *exportFlag, from *scanFlags, specs []string) error {
	ctx := cmd.Context()
	inputs, err := a.sourcesToScan(cmd, ledger, from, specs)
	if err != nil {
		return err
	}
	j := &job{inputs: inputs, opts: migrate.Options{Command: "scan", Version: version(), Progress: new(migrate.Progress)}}
	if ledger == "" {
		dir, err := os.MkdirTemp("", "unpop-scan-")
		if err != nil {
			return errors.Join(fmt.Errorf("scan: %w", err), j.close())
		}
		defer os.RemoveAll(dir)
		ledger = filepath.Join(dir, "scan"+ledgerExt)
	}
	if err := j.open(ctx, ledger, scanAccount); err != nil {
		return errors.Join(err, j.close())
	}
	inventory, err := a.takeInventory(ctx, j)
	if err == nil {
		err = a.showInventory(ctx, j, inventory)
	}
	if err == nil {
		err = export.write(ctx, a, inputs)
	}
	return errors.Join(err, j.ended(ctx, err), j.close())
}

// scanFlags say how to be let in to sources on servers where there is no target.
type scanFlags struct {
	fromFlags
	signInFlags
}

func (f *scanFlags) add(cmd *cobra.Command) {
	f.fromFlags.add(cmd)
	f.addTrust(cmd)
}

// sourcesToScan opens the sources. What is fetched from a server is kept where a migration looks for it, unless the user names a ledger.
func (a *app) sourcesToScan(cmd *cobra.Command, ledger string, from *scanFlags, specs []string) ([]migrate.Input, error) {
	r, err := from.remotes(cmd, &from.signInFlags, ledger)
	if err != nil {
		return nil, err
	}
	inputs, err := openSources(specs, r)
	if err != nil {
		return nil, err
	}
	if err := a.askPasswords(cmd.Context(), r); err != nil {
		return nil, errors.Join(err, closeSources(inputs))
	}
	return inputs, nil
}

func (a *app) takeInventory(ctx context.Context, j *job) (*migrate.Inventory, error) {
	display := a.ui.show(j.opts.Progress)
	defer display.Stop()
	m := j.migration()
	if err := m.Scan(ctx); err != nil {
		return nil, err
	}
	return m.Inventory(ctx)
}

func (a *app) showInventory(ctx context.Context, j *job, inv *migrate.Inventory) error {
	if a.ui.json {
		return a.ui.object(inventoryObject(inv))
	}
	for _, s := range inv.Sources {
		a.ui.printf("\n%s\n", printable(s.Path))
		if s.Description != "" {
			a.ui.printf("%s\n", printable(s.Description))
		}
		a.ui.printf("\n%s", folderTable(s.Folders))
		a.tellRemarks(s.Parts)
		a.tellUnread(unreadOf(s.Path, s.Parts))
		if err := a.tellSomeUnreadable(ctx, j.account, []int64{s.ID}, ""); err != nil {
			return err
		}
	}
	a.ui.printf("\n%s", inventorySums(inv.Tally))
	return nil
}

// folderTable lists what the folders of a source hold.
func folderTable(folders []state.Holding) string {
	t := table{columns: []column{
		{title: "folder", flex: true, sure: true},
		{title: "messages", right: true, sure: true},
		{title: "size", right: true, sure: true},
		{title: "expunged", right: true},
		{title: "unreadable", right: true},
		{title: "oldest"},
		{title: "newest"},
	}}
	var sum state.Holding
	for _, f := range folders {
		t.add(holdingRow(f.Folder.Name, f)...)
		sum.Messages += f.Messages
		sum.Bytes += f.Bytes
		sum.Expunged += f.Expunged
		sum.Unreadable += f.Unreadable
	}
	if len(folders) > 1 {
		t.add(holdingRow("together", sum)...)
	}
	return t.String()
}

func holdingRow(name string, h state.Holding) []string {
	return []string{name, progress.Count(h.Messages), progress.Bytes(h.Bytes), some(h.Expunged), some(h.Unreadable), month(h.Oldest), month(h.Newest)}
}

// some leaves a nought out.
func some(n int64) string {
	if n == 0 {
		return ""
	}
	return progress.Count(n)
}

// tellRemarks prints what the parts of a source have to tell.
func (a *app) tellRemarks(parts []state.Part) {
	for _, p := range parts {
		for _, remark := range p.Remarks {
			a.ui.printf("%s: %s\n", printable(p.Name), printable(remark))
		}
	}
}

// inventorySums says what the sources hold together.
func inventorySums(t state.Tally) string {
	list := table{columns: []column{{right: true}, {}}}
	list.add(progress.Count(t.Seen), "copies found in the sources")
	list.add(progress.Count(t.Pending), "different messages")
	for _, line := range []struct {
		n    int64
		text string
	}{
		{t.Duplicate, "further copies of these"},
		{t.Expunged, "deleted in the mail program, which keeps the bytes"},
		{t.Unreadable, "that can't be read"},
	} {
		if line.n > 0 {
			list.add(progress.Count(line.n), line.text)
		}
	}
	return list.body() + variants(t)
}

// inventory is a scan as scripts read it. Names are a contract.
type inventory struct {
	Sources []inventorySource `json:"sources"`
}

type inventorySource struct {
	Path    string            `json:"path"`
	Kind    string            `json:"kind"`
	Folders []inventoryFolder `json:"folders"`
	Unread  []unreadPart      `json:"unread_parts"`
}

type inventoryFolder struct {
	Name       string `json:"name"`
	Messages   int64  `json:"messages"`
	Bytes      int64  `json:"bytes"`
	Expunged   int64  `json:"expunged"`
	Unreadable int64  `json:"unreadable"`
	OtherItems int64  `json:"other_items"` // contacts, appointments: of kinds that have them
}

func inventoryObject(inv *migrate.Inventory) inventory {
	out := inventory{Sources: []inventorySource{}}
	for _, s := range inv.Sources {
		source := inventorySource{Path: s.Path, Kind: s.Kind, Folders: []inventoryFolder{}, Unread: unreadOf(s.Path, s.Parts)}
		others := maps.Clone(s.OtherItems)
		for _, f := range s.Folders {
			source.Folders = append(source.Folders, inventoryFolder{
				Name: f.Folder.Name, Messages: f.Messages, Bytes: f.Bytes, Expunged: f.Expunged, Unreadable: f.Unreadable, OtherItems: others[f.Folder.Name],
			})
			delete(others, f.Folder.Name)
		}
		for _, name := range slices.Sorted(maps.Keys(others)) { // folders without any mail
			source.Folders = append(source.Folders, inventoryFolder{Name: name, OtherItems: others[name]})
		}
		out.Sources = append(out.Sources, source)
	}
	return out
}
