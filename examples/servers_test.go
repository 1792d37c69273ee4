package examples_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"unpop/examples"
	"unpop/migrate"
	"unpop/migrate/migratetest"
	"unpop/migrate/source"
	"unpop/migrate/target/imap"
	"unpop/migrate/target/imap/imaptest"
	"unpop/state"
)

// others are servers that most machines don't have: Debian's packages of IMAP servers conflict with each other.
var others = map[string]func(testing.TB) *imaptest.Server{"cyrus": imaptest.Cyrus, "courier": imaptest.Courier}

func TestContractOnOthers(t *testing.T) {
	t.Parallel()
	for name, start := range others {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			migratetest.TestTarget(t, func(tb testing.TB) migrate.Target { return fitting{start(tb).Target(imaptest.User)} })
		})
	}
}

func TestAnnaArrivesOnOthers(t *testing.T) {
	t.Parallel()
	for name, start := range others {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, dir := start(t), t.TempDir()
			if err := examples.Unpack(dir); err != nil {
				t.Fatal(err)
			}
			ledger := filepath.Join(dir, "ledger.db")
			r := migration(t, server, dir, ledger)
			if r.Seen != examples.Copies || r.Uploaded != int64(len(examples.Expected)) || r.Rejected() != 0 || r.Balance() != 0 {
				t.Errorf("got %+v, want %d seen, %d uploaded", r.Tally, examples.Copies, len(examples.Expected))
			}
			compare(t, server)
			again := migration(t, server, dir, ledger)
			if again.Uploaded != 0 || again.Present != r.Uploaded || again.Verified != r.Uploaded || again.FlagsDiffer != 0 {
				t.Errorf("second run: got %+v and %+v, want nothing sent and all there", again.Tally, again.VerifyCounts)
			}
			compare(t, server)
			t.Logf("%d messages, %d altered", r.Uploaded, again.Altered)
		})
	}
}

// TestAnnaKilledOnCyrus is [TestAnnaKilled] on a server that takes its time.
func TestAnnaKilledOnCyrus(t *testing.T) {
	if testing.Short() || runtime.GOOS == "windows" {
		t.Skip("takes a while, and needs SIGKILL")
	}
	t.Parallel()
	server, dir := imaptest.Cyrus(t), t.TempDir()
	run := killable(t, server, dir)
	killed := 0
	for i := range 4 {
		if err := run.kill(time.Duration(300+600*i) * time.Millisecond); err != nil {
			killed++
		}
	}
	first := run.toTheEnd()
	if want := float64(len(examples.Expected) + oldMail); killed == 0 || first["uploaded"]+first["present"] != want {
		t.Errorf("killed %d times: got %v, want %v messages", killed, first, want)
	}
	checkArchive(t, server)
	if again := run.toTheEnd(); again["uploaded"] != 0 {
		t.Errorf("further run: got %v, want nothing sent", again)
	}
}

// odd are messages of the kinds that some server or other refuses or alters. Each is sent with a Message-ID, without one and with
// one that isn't ASCII; %s is where that field goes.
var odd = map[string]string{
	"plain":           "Subject: x\r\n%sDate: Fri, 02 Jan 2015 03:04:05 +0000\r\n\r\ntext\r\n",
	"bare CR":         "Subject: x\r\n%sDate: Fri, 02 Jan 2015 03:04:05 +0000\r\n\r\none\rtwo\r\n",
	"CR before CRLF":  "Subject: x\r\n%sDate: Fri, 02 Jan 2015 03:04:05 +0000\r\n\r\none\r\r\ntwo\r\n",
	"many CRs":        "Subject: x\r\n%sDate: Fri, 02 Jan 2015 03:04:05 +0000\r\n\r\n" + strings.Repeat("line\r", 500) + "\r\n",
	"CR in header":    "Subject: one\rtwo\r\n%sDate: Fri, 02 Jan 2015 03:04:05 +0000\r\n\r\ntext\r\n",
	"NUL":             "Subject: x\r\n%sDate: Fri, 02 Jan 2015 03:04:05 +0000\r\n\r\none\x00two\r\n",
	"NUL in header":   "Subject: one\x00two\r\n%sDate: Fri, 02 Jan 2015 03:04:05 +0000\r\n\r\ntext\r\n",
	"8-bit subject":   "Subject: perch\xc3\xa9 \xff\r\n%sDate: Fri, 02 Jan 2015 03:04:05 +0000\r\nFrom: J\xf6rg <j@example.org>\r\n\r\nperch\xc3\xa9\r\n",
	"8-bit to":        "%sDate: Fri, 02 Jan 2015 03:04:05 +0000\r\nFrom: j\xf6rg@example.org\r\nTo: \xe9@example.org\r\n\r\ntext\r\n",
	"no header":       "just a text,\r\nand another line\r\n%s",
	"no colon":        "Subject: x\r\noops\r\n%sDate: Fri, 02 Jan 2015 03:04:05 +0000\r\n\r\ntext\r\n",
	"no colon first":  "oops\r\nSubject: x\r\n%sStatus: RO\r\nDate: Fri, 02 Jan 2015 03:04:05 +0000\r\n\r\ntext\r\n",
	"quoted From":     "Subject: x\r\n>From a@b Fri Jan  2 03:04:05 2015\r\n%sDate: Fri, 02 Jan 2015 03:04:05 +0000\r\n\r\ntext\r\n",
	"no final end":    "Subject: x\r\n%sDate: Fri, 02 Jan 2015 03:04:05 +0000\r\n\r\ntext",
	"line of 2000":    "Subject: x\r\n%sDate: Fri, 02 Jan 2015 03:04:05 +0000\r\n\r\n" + strings.Repeat("x", 2000) + "\r\n",
	"line of 20000":   "Subject: x\r\n%sDate: Fri, 02 Jan 2015 03:04:05 +0000\r\n\r\n" + strings.Repeat("x", 20000) + "\r\n",
	"header of 20000": "Subject: " + strings.Repeat("x", 20000) + "\r\n%sDate: Fri, 02 Jan 2015 03:04:05 +0000\r\n\r\ntext\r\n",
	"no body":         "Subject: x\r\n%sDate: Fri, 02 Jan 2015 03:04:05 +0000\r\n\r\n",
	"header only":     "Subject: x\r\n%sDate: Fri, 02 Jan 2015 03:04:05 +0000\r\n",
	"1975":            "Subject: x\r\n%sDate: Thu, 02 Jan 1975 03:04:05 +0000\r\n\r\ntext\r\n",
	"1969":            "Subject: x\r\n%sDate: Thu, 02 Jan 1969 03:04:05 +0000\r\n\r\ntext\r\n",
	"all at once":     "Subject: \xe9 \x00 \r x\r\noops\r\n%sDate: Fri, 02 Jan 2015 03:04:05 +0000\r\n\r\n\xe9 \x00 \r" + strings.Repeat("x", 2000),
}

// twice is what a server that drops bare CRs makes equal: both must arrive.
const twice = "twins"

// layOdd writes the odd messages as a Maildir and returns how often each mark must be found. A mark is a header field, or a line.
func layOdd(t *testing.T, dir string) (path string, want map[string]int) {
	t.Helper()
	path, want = filepath.Join(dir, "Strano"), map[string]int{}
	for _, sub := range []string{"cur", "new", "tmp"} {
		if err := os.MkdirAll(filepath.Join(path, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write := func(mark, text string) {
		want[mark]++
		name := fmt.Sprintf("17000000%02d.M%d.host:2,Sab", len(want)%100, len(want)*10+want[mark])
		if err := os.WriteFile(filepath.Join(path, "cur", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range odd {
		name = strings.ReplaceAll(name, " ", "-")
		mark, from := "X-Mark: "+name+".", "\r\nFrom: "+name+"@example.org\r\n"
		write(mark+"id", fmt.Sprintf(text, mark+"id"+from+"Message-ID: <"+name+"@test>\r\n"))
		write(mark+"none", fmt.Sprintf(text, mark+"none"+from))
		write(mark+"odd", fmt.Sprintf(text, mark+"odd"+from+"Message-ID: <"+name+"\xe9\x00\r@test>\r\n"))
	}
	for _, body := range []string{"one\rtwo\r\n", "onetwo\r\n"} {
		write("X-Mark: "+twice, "Subject: x\r\nX-Mark: "+twice+"\r\nDate: Fri, 02 Jan 2015 03:04:05 +0000\r\n\r\n"+body)
	}
	if err := os.WriteFile(filepath.Join(path, "dovecot-keywords"), []byte("0 $label1\n1 od~d[k:ey/\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, want
}

// strange moves the odd messages to a target.
func strange(t *testing.T, path, ledger string, target migrate.Target) (r migrate.Report, v migrate.Verification, err error) {
	t.Helper()
	l, err := state.Open(t.Context(), ledger)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	account, err := l.Account(t.Context(), "imap://test")
	if err != nil {
		t.Fatal(err)
	}
	s, found, err := source.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	opts := migrate.Options{Settle: 20 * time.Millisecond, Quarantine: filepath.Join(filepath.Dir(ledger), "quarantine.mbox")}
	m := migrate.New(account, []migrate.Input{{Kind: found.Kind, Path: found.Path, Source: s}}, target, opts)
	r, err = m.Run(t.Context())
	for msg, rejected := range account.Rejections(t.Context()) {
		if rejected != nil {
			t.Fatal(rejected)
		}
		t.Logf("rejected: %q: %s", msg.Subject, msg.Reason)
	}
	if err == nil {
		v, err = m.Verify(t.Context(), migrate.VerifyOptions{Deep: true})
	}
	return r, v, err
}

func TestOddMessages(t *testing.T) {
	t.Parallel()
	starts := map[string]func(testing.TB) *imaptest.Server{
		"dovecot": func(tb testing.TB) *imaptest.Server { return imaptest.Dovecot(tb, imaptest.DovecotOptions{}) },
	}
	for name, start := range others {
		starts[name] = start
	}
	for name, start := range starts {
		for kind, forgets := range map[string]migrate.Kind{"answered": 0, "line breaks": migrate.Broken, "program ends": migrate.Unfit} {
			t.Run(name+" "+kind, func(t *testing.T) {
				t.Parallel()
				oddOn(t, start(t), kind != "answered", forgets)
			})
		}
	}
}

func oddOn(t *testing.T, server *imaptest.Server, forget bool, kind migrate.Kind) {
	dir := t.TempDir()
	path, want := layOdd(t, dir)
	ledger := filepath.Join(dir, "ledger.db")
	target := &forgetful{Target: server.Target(imaptest.User), kind: kind}
	switch {
	case kind == migrate.Broken && forget: // each break costs a pause
		target.left.Store(int64(len(want)) / 2)
	case forget:
		target.left.Store(int64(len(want)) + 10)
	}
	r, v, err := strange(t, path, ledger, target)
	for runs := 0; err != nil && runs < len(want)+10 && errors.Is(err, errForgot); runs++ {
		r, v, err = strange(t, path, ledger, target)
	}
	if err != nil {
		t.Fatalf("%v (%+v)", err, r.Tally)
	}
	if forget && target.forgot.Load() == 0 {
		t.Error("no answer was lost")
	}
	t.Logf("%d of %d answers lost; %+v; %+v", target.forgot.Load(), r.Seen, r.Tally, v.VerifyCounts)
	holdsOdd(t, server, want, r)
	again, _, err := strange(t, path, ledger, server.Target(imaptest.User))
	if err != nil || again.Uploaded != 0 || again.Verified != again.Present || again.Missing != 0 {
		t.Errorf("further run: got %v and %+v, want nothing sent and all there", err, again)
	}
	holdsOdd(t, server, want, again)
}

// holdsOdd holds the account to the odd messages, each as often as it should be there.
func holdsOdd(t *testing.T, server *imaptest.Server, want map[string]int, r migrate.Report) {
	t.Helper()
	held := 0
	got := map[string]int{}
	for _, messages := range server.Dump(t, imaptest.User) {
		for _, m := range messages {
			held++
			_, rest, _ := strings.Cut(string(m.Body), "X-Mark: ")
			mark, _, _ := strings.Cut(rest, "\r\n")
			got["X-Mark: "+mark]++
		}
	}
	missing := 0
	for mark, n := range want {
		if got[mark] > n {
			t.Errorf("%s is there %d times, want %d", mark, got[mark], n)
		}
		missing += n - got[mark]
	}
	if int64(missing) != r.Rejected() || int64(held) != r.Seen-r.Rejected() {
		t.Errorf("%d are there and %d are not, want %d and the %d rejected", held, missing, r.Seen-r.Rejected(), r.Rejected())
	}
}

var errForgot = errors.New("answers lost")

// forgetful loses the OKs to the APPENDs of whole batches, as long as there are some left to lose.
type forgetful struct {
	migrate.Target
	kind         migrate.Kind
	left, forgot atomic.Int64
}

func (f *forgetful) Dial(ctx context.Context) (migrate.Session, error) {
	s, err := f.Target.Dial(ctx)
	if err != nil {
		return nil, err
	}
	return forgetfulSession{s.(*imap.Session), f}, nil
}

type forgetfulSession struct {
	*imap.Session
	f *forgetful
}

func (s forgetfulSession) Append(ctx context.Context, batch iter.Seq[migrate.Outgoing], settle func(int, migrate.Receipt)) error {
	lost := false
	err := s.Session.Append(ctx, batch, func(i int, r migrate.Receipt) {
		if r.Err == nil && s.f.left.Add(-1) >= 0 {
			s.f.forgot.Add(1)
			lost = true
			return
		}
		settle(i, r)
	})
	if lost && err == nil {
		err = &migrate.TargetError{Kind: s.f.kind, Err: errForgot}
	}
	return err
}

// fitting puts other characters for those that Cyrus or Courier takes in no name: the contract's names have some.
type fitting struct{ migrate.Target }

var (
	fit   = strings.NewReplacer(`"`, "＂", `\`, "＼", "%", "％", ";", "；", "🎉", "☆")
	unfit = strings.NewReplacer("＂", `"`, "＼", `\`, "％", "%", "；", ";", "☆", "🎉")
)

func (f fitting) Dial(ctx context.Context) (migrate.Session, error) {
	s, err := f.Target.Dial(ctx)
	if err != nil {
		return nil, err
	}
	return fittingSession{s.(*imap.Session)}, nil
}

type fittingSession struct{ *imap.Session }

func (s fittingSession) Create(ctx context.Context, name string, role migrate.Role) (bool, error) {
	return s.Session.Create(ctx, fit.Replace(name), role)
}

func (s fittingSession) Select(ctx context.Context, name string) (migrate.Mailbox, error) {
	return s.Session.Select(ctx, fit.Replace(name))
}

func (s fittingSession) Mailboxes(ctx context.Context) ([]migrate.MailboxInfo, error) {
	infos, err := s.Session.Mailboxes(ctx)
	for i := range infos {
		infos[i].Name = unfit.Replace(infos[i].Name)
	}
	return infos, err
}
