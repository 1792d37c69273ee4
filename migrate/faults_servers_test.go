package migrate_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	mt "unpop/migrate/migratetest"
	"unpop/migrate/target/imap"
	"unpop/migrate/target/imap/imaptest"
)

// realServers are those that may be installed, each with its own way of taking many messages.
var realServers = map[string]func(testing.TB) *imaptest.Server{
	"Dovecot": func(tb testing.TB) *imaptest.Server { return plainDovecot(tb, imaptest.DovecotOptions{}) },
	"Dovecot sdbox": func(tb testing.TB) *imaptest.Server {
		return plainDovecot(tb, imaptest.DovecotOptions{Format: "sdbox"})
	},
	"Dovecot mdbox, optimized": func(tb testing.TB) *imaptest.Server {
		return plainDovecot(tb, imaptest.DovecotOptions{Format: "mdbox", Fsync: "optimized"})
	},
	"Dovecot without MULTIAPPEND": func(tb testing.TB) *imaptest.Server {
		return plainDovecot(tb, imaptest.DovecotOptions{Hide: []string{"MULTIAPPEND"}})
	},
	"Dovecot without LITERAL+": func(tb testing.TB) *imaptest.Server {
		return plainDovecot(tb, imaptest.DovecotOptions{Hide: []string{"LITERAL+"}})
	},
	"Cyrus":   imaptest.PlainCyrus,
	"Courier": imaptest.Courier,
}

func plainDovecot(tb testing.TB, opts imaptest.DovecotOptions) *imaptest.Server {
	opts.Plain = true
	return imaptest.Dovecot(tb, opts)
}

// TestRealServersCut breaks connections to real servers on a line of 10 ms, with as much under way as each of them takes. In the end
// every message is there once.
func TestRealServersCut(t *testing.T) {
	t.Parallel()
	for name, start := range realServers {
		if testing.Short() && name != "Dovecot" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKit(t, start(t))
			k.opts.Settle, k.opts.Patience = 500*time.Millisecond, 20*time.Second
			want := k.hundreds(150)["Clienti"]
			proxy := mt.StartProxy(t, k.server.Addr.String())
			proxy.Pace(5*time.Millisecond, 0)
			proxy.Plan(mt.CutInAppend(60, 10), mt.SwallowOKAndCut(1), mt.CutAfter(30_000).With(mt.HangUp()))
			opts := k.server.Options(imaptest.User)
			opts.Port = proxy.Addr().Port
			k.target = imap.New(opts)
			k.run()
			proxy.AllFired(t)
			k.quiet(proxy)
			var got []string
			for _, subjects := range k.subjects() {
				got = append(got, subjects...)
			}
			if slices.Sort(got); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("server holds %d messages, want %d, each once: %q", len(got), len(want), got)
			}
		})
	}
}
