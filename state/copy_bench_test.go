package state

import (
	"crypto/sha256"
	"fmt"
	"testing"
)

// BenchmarkPart stores 50,000 copies of one part; the rate is in copies/s.
func BenchmarkPart(b *testing.B) {
	const rows = 50_000
	for b.Loop() {
		l, err := Open(b.Context(), b.TempDir()+"/ledger.db")
		if err != nil {
			b.Fatal(err)
		}
		a, part, folder := onePart(b, l)
		w, err := a.ScanPart(b.Context(), part)
		if err != nil {
			b.Fatal(err)
		}
		for i := range rows {
			if err := w.Add(b.Context(), exampleCopy(folder, i)); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Finish(b.Context(), "stamp", nil, ""); err != nil {
			b.Fatal(err)
		}
		if err := l.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "copies/s")
}

func onePart(tb testing.TB, l *Ledger) (a *Account, part, folder int64) {
	tb.Helper()
	a, err := l.Account(tb.Context(), "imap://x")
	if err != nil {
		tb.Fatal(err)
	}
	source, err := a.Source(tb.Context(), "mbox", "/x")
	if err != nil {
		tb.Fatal(err)
	}
	p, err := a.Part(tb.Context(), source, 1, "x")
	if err != nil {
		tb.Fatal(err)
	}
	folder, err = a.Folder(tb.Context(), Folder{Source: source, Name: "x", Path: []string{"x"}})
	if err != nil {
		tb.Fatal(err)
	}
	return a, p.ID, folder
}

// exampleCopy is a copy as most are.
func exampleCopy(folder int64, i int) Copy {
	exact := sha256.Sum256(fmt.Append(nil, i))
	return Copy{
		Folder: folder, Ref: fmt.Sprintf("%d+3581:q", 3600*i), Size: 3500, Exact: exact[:], Key: exact[:16], HasID: true, Trace: true,
		Flags: 1, Date: 1_400_000_000 + int64(i), DateRank: 1, MessageID: fmt.Sprintf("<%d@example.org>", i), Subject: "Re: a subject of some words",
	}
}
