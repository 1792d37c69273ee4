package migrate_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"unpop/migrate"
	"unpop/migrate/source"
	"unpop/migrate/target/imap/imaptest"
	"unpop/state"
)

// benchBytes is the size of the mbox that the scan benchmarks read; UNPOP_BENCH_BYTES makes it larger.
func benchBytes(b *testing.B) int64 {
	b.Helper()
	text := os.Getenv("UNPOP_BENCH_BYTES")
	if text == "" {
		return 64 << 20
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// writeMbox writes an mbox of about size bytes with messages of about mean bytes, a tenth of them with most of the bytes.
func writeMbox(b *testing.B, size int64, mean int) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "Archive.mbox")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	random := rand.New(rand.NewPCG(1, 2))
	line := bytes.Repeat([]byte("TWFueSBtZXNzYWdlcyBhcmUgbWFkZSBvZiBiYXNlNjQu"), 2)
	for written, n := int64(0), 0; written < size; n++ {
		head := fmt.Sprintf("From - Mon Jan  6 08:00:00 2014\nReceived: from a by b; Mon, 06 Jan 2014 08:00:00 +0000\nMessage-ID: <%d@bench>\n"+
			"Date: Mon, 06 Jan 2014 08:00:00 +0000\nFrom: a@example.org\nTo: b@example.org\nSubject: message %d\n\n", n, n)
		body := random.IntN(mean)
		if n%10 == 0 {
			body += 5 * mean
		}
		_, _ = w.WriteString(head)
		for done := 0; done < body; done += len(line) + 1 {
			_, _ = w.Write(line)
			_ = w.WriteByte('\n')
		}
		_ = w.WriteByte('\n')
		written += int64(len(head) + body)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	return path
}

// BenchmarkScan reads an mbox into a new ledger and finds its duplicates. Compare it with BenchmarkPlainPass.
func BenchmarkScan(b *testing.B) {
	for _, mean := range []int{3_000, 76_000} {
		b.Run(fmt.Sprint(mean), func(b *testing.B) {
			path := writeMbox(b, benchBytes(b), mean)
			b.SetBytes(fileSize(b, path))
			for b.Loop() {
				cool(b, path)
				scan(b, path)
			}
		})
	}
}

func scan(b *testing.B, path string) {
	b.Helper()
	ledger, err := state.Open(b.Context(), filepath.Join(b.TempDir(), "ledger.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer ledger.Close()
	account, err := ledger.Account(b.Context(), "imap://bench")
	if err != nil {
		b.Fatal(err)
	}
	s, found, err := source.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	m := migrate.New(account, []migrate.Input{{Kind: found.Kind, Path: found.Path, Source: s}}, nil, migrate.Options{})
	if err := m.Scan(b.Context()); err != nil {
		b.Fatal(err)
	}
	if _, err := m.Inventory(b.Context()); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkPlainPass splits the same file at From_ lines, digests each message and keeps nothing: on one core, and on all of
// them, which is what BenchmarkScan has too.
func BenchmarkPlainPass(b *testing.B) {
	for _, mean := range []int{3_000, 76_000} {
		path := writeMbox(b, benchBytes(b), mean)
		for _, cores := range []int{1, runtime.GOMAXPROCS(0)} {
			b.Run(fmt.Sprintf("%d/cores=%d", mean, cores), func(b *testing.B) {
				b.SetBytes(fileSize(b, path))
				for b.Loop() {
					cool(b, path)
					plainPass(b, path, cores)
				}
			})
		}
	}
}

// plainPass gives each core a piece of the file as often as it has none.
func plainPass(b *testing.B, path string, cores int) {
	b.Helper()
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	size := fileSize(b, path)
	const piece = 8 << 20
	var next atomic.Int64
	var wait sync.WaitGroup
	for range cores {
		wait.Go(func() {
			window := make([]byte, 1<<20)
			for from := next.Add(piece) - piece; from < size; from = next.Add(piece) - piece {
				plainPiece(f, window, from, min(from+piece, size))
			}
		})
	}
	wait.Wait()
}

// plainPiece digests the messages that begin between two offsets of a file.
func plainPiece(f *os.File, window []byte, from, to int64) {
	separator := []byte("\nFrom ")
	have, skip := 0, from > 0
	for from < to || have > 0 {
		n, err := f.ReadAt(window[have:], from)
		from += int64(n)
		rest := window[:have+n]
		for {
			end := bytes.Index(rest, separator)
			if end < 0 {
				break
			}
			if !skip {
				_ = sha256.Sum256(rest[:end+1])
			}
			rest, skip = rest[end+1:], false
			if from-int64(len(rest)) >= to {
				return
			}
		}
		if err != nil {
			_ = sha256.Sum256(rest)
			return
		}
		have = copy(window, rest)
	}
}

func fileSize(b *testing.B, path string) int64 {
	b.Helper()
	stat, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	return stat.Size()
}

// BenchmarkUpload moves 500 messages of some 3 KB to a server on this machine and verifies them; the rate is in messages/s.
func BenchmarkUpload(b *testing.B) {
	servers := map[string]func(testing.TB) *imaptest.Server{
		"memory":  func(tb testing.TB) *imaptest.Server { return imaptest.Start(tb) },
		"dovecot": func(tb testing.TB) *imaptest.Server { return imaptest.Dovecot(tb, imaptest.DovecotOptions{}) },
	}
	for name, start := range servers {
		b.Run(name, func(b *testing.B) {
			path := writeMbox(b, 1_800_000, 3_000)
			var uploaded int64
			for b.Loop() {
				uploaded += upload(b, start(b), path)
			}
			b.ReportMetric(float64(uploaded)/b.Elapsed().Seconds(), "messages/s")
		})
	}
}

func upload(b *testing.B, server *imaptest.Server, path string) int64 {
	b.Helper()
	ledger, err := state.Open(b.Context(), filepath.Join(b.TempDir(), "ledger.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer ledger.Close()
	account, err := ledger.Account(b.Context(), "imap://bench")
	if err != nil {
		b.Fatal(err)
	}
	s, found, err := source.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	inputs := []migrate.Input{{Kind: found.Kind, Path: found.Path, Source: s}}
	r, err := migrate.New(account, inputs, server.Target(imaptest.User), migrate.Options{}).Run(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	return r.Uploaded
}
