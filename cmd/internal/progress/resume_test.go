package progress

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"unpop/migrate"
)

// TestResume stops a display for a question in the middle of a run. No step is told twice.
func TestResume(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out page
		p := new(migrate.Progress)
		first := Start(&out, p, Options{Format: Plain})
		p.Begin(migrate.StepPlan, 0, 0)
		p.Done(66, 1000)
		time.Sleep(time.Second)
		first.Stop()
		asked := out.String()
		if strings.Count(asked, "plan ") != 1 {
			t.Errorf("got %q, want the plan told", asked)
		}
		refused := Start(&out, p, Options{Format: Plain, Resume: true})
		time.Sleep(time.Minute)
		refused.Stop()
		if got := out.String(); got != asked {
			t.Errorf("got %q, want nothing more", got)
		}
		second := Start(&out, p, Options{Format: Plain, Resume: true})
		time.Sleep(time.Second)
		p.Begin(migrate.StepUpload, 66, 1000)
		time.Sleep(time.Second)
		p.Done(66, 1000)
		second.Stop()
		if got := out.String()[len(asked):]; strings.Contains(got, "plan") || !strings.Contains(got, "upload  66 messages  1.0 kB") {
			t.Errorf("got %q, want the upload only", got)
		}
	})
}
