package migrate_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"unpop/migrate"
)

// TestOtherSourcesLater runs over one source after the other, as people do who have one computer at hand at a time. What came from a
// source that is not there any more, or that was written anew since, is known again in other bytes.
func TestOtherSourcesLater(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		runs string // the sources of each; + says that one was written anew before, ! that the run is killed before it sends anything
		want int
	}{
		{"pc, mac", 1},
		{"pc, +pc mac", 1},
		{"pc, +pc, mac", 1},
		{"pc, o.pst", 1},
		{"o.pst, pc", 1},
		{"o.pst, +o.pst, pc", 1},
		{"pc o.pst, +o.pst", 1},
		{"mac, o.pst, +pc", 1},
		{"pc !, mac, pc", 1},
		{"pc !, o.pst, pc", 1},
		{"o.pst !, pc, o.pst", 1},
		{"mac !, pc, pc mac", 1},
		{"pc, other", 2},
		{"pc, other, +pc", 2},
		{"pc, other, +pc, +other mac", 2},
	} {
		t.Run(c.runs, func(t *testing.T) {
			t.Parallel()
			k := inMemory(t)
			for run := range strings.SplitSeq(c.runs, ", ") {
				k.specs = nil
				run, killed := strings.CutSuffix(run, " !")
				for name := range strings.FieldsSeq(run) {
					k.manyForms(strings.TrimPrefix(name, "+"), strings.HasPrefix(name, "+"))
				}
				if !killed {
					k.run()
				} else if !k.child(childJob{Point: migrate.PointClaimed, Nth: 1}) {
					t.Fatal("child was not killed")
				}
			}
			if r := k.run(); r.Uploaded != 0 {
				t.Errorf("once more: got %+v, want nothing sent", r.Tally)
			}
			got := strings.Count(strings.Join(k.subjects()["INBOX"], " "), "both")
			if got != c.want {
				t.Errorf("got %d messages, %v, want %d", got, k.subjects(), c.want)
			}
		})
	}
}

// manyForms makes a source that holds one mail: as it travelled, in another transfer encoding, as Outlook keeps it, or another mail with
// the same Message-ID. Written anew, it has further mail, or Outlook was at work on it.
func (k *kit) manyForms(name string, anew bool) {
	k.t.Helper()
	whole := asSent("Cena alle otto", html)
	text := map[string]string{
		"pc":    whole,
		"mac":   strings.Replace(whole, "\n\n<html>", "\nContent-Transfer-Encoding: quoted-printable\n\n<ht=\nml>", 1),
		"other": strings.Replace(whole, "otto", "nove", 2),
	}[name]
	switch {
	case text == "":
		k.asOutlook(name, "Cena alle *otto*\r\n", html)
		if err := os.Chtimes(filepath.Join(k.dir, name), time.Time{}, time.Now().Add(map[bool]time.Duration{true: time.Hour}[anew])); err != nil {
			k.t.Fatal(err)
		}
	case anew:
		k.mbox(name+"/Inbox", text, mail(filepath.Base(name), "further", "text"))
	default:
		k.mbox(name+"/Inbox", text)
	}
}

// TestDoubtTakesNoPart kills a run before what it claimed is sent, and leaves that out of the next one: it is not sent and not rejected,
// and goes when it takes part again.
func TestDoubtTakesNoPart(t *testing.T) {
	t.Parallel()
	for name, leaveOut := range map[string]func(k *kit, all []string){
		"excluded":     func(k *kit, _ []string) { k.opts.Exclude = []string{"Clienti"} },
		"other source": func(k *kit, all []string) { k.specs = all[1:] },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := inMemory(t)
			k.mbox("pc1/Clienti", mail("1", "one", "text"))
			if !k.child(childJob{Point: migrate.PointClaimed, Nth: 1}) {
				t.Fatal("child was not killed")
			}
			k.mbox("pc2/Inbox", mail("2", "two", "text"))
			all, exclude := k.specs, k.opts.Exclude
			k.opts.Progress = new(migrate.Progress)
			leaveOut(k, all)
			for range 2 {
				k.run()
				k.holds(map[string][]string{"INBOX": {"two"}})
			}
			if n := k.opts.Progress.Rejected.Load(); n != 0 {
				t.Errorf("got %d rejected, want none", n)
			}
			k.specs, k.opts.Exclude = all, exclude
			k.run()
			k.holds(map[string][]string{"INBOX": {"two"}, "Clienti": {"one"}})
		})
	}
}
