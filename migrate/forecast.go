package migrate

import (
	"context"
	"encoding/json"
	"time"

	"unpop/state"
)

const (
	// usualRate is what an ordinary line at home sends in a second: some 10 Mbit/s.
	usualRate = 1_000_000
	// measurable is how much a run must have sent for its rate to say something about the next.
	measurable = 10_000_000
	// Hefty is how many bytes a message may have before many servers and programs have trouble with it.
	Hefty = 25_000_000
	// mostLarge is how many of the largest messages are named.
	mostLarge = 5
	day       = 24 * time.Hour
)

// A Forecast says how long sending takes and what will not go.
type Forecast struct {
	// Rate is in bytes per second; Measured says that an earlier run to this account sent that fast.
	Rate     int64
	Measured bool
	// Sending is how long it takes at that rate, without waiting for anything.
	Sending time.Duration
	// SentToday is what was sent to this account in the last 24 hours, where the server has a daily limit.
	SentToday int64
	// Days is on how many days something must be sent, because of that limit; 0 without one.
	Days int64
	// Large are the largest messages that the server will refuse, or else those of more than [Hefty] bytes; a few.
	Large []state.Message
	// TooLarge is how many messages the server will refuse for their size, and TooLargeBytes their size.
	TooLarge, TooLargeBytes int64
}

// Today reports whether all can be sent within a day.
func (f Forecast) Today() bool { return f.Days <= 1 && f.Sending <= day }

// Lacking is how many bytes of what is to be sent will find no room in the account, as far as it says.
func (p *Plan) Lacking() int64 {
	if !p.Survey.HasQuota {
		return 0
	}
	return max(p.Survey.QuotaUsed+p.Tally.BytesPending-p.TooLargeBytes-p.Survey.QuotaLimit, 0)
}

// forecast looks ahead.
func (m *Migration) forecast(ctx context.Context, p *Plan) (err error) {
	f := &p.Forecast
	if err := m.weigh(ctx, f); err != nil {
		return err
	}
	if f.Rate, f.Measured, err = m.rate(ctx); err != nil {
		return err
	}
	bytes := max(p.Tally.BytesPending-f.TooLargeBytes, 0)
	f.Sending = time.Duration(float64(bytes) / float64(f.Rate) * float64(time.Second))
	limit := m.survey.DailyBytes
	if limit <= 0 || bytes == 0 {
		return nil
	}
	if f.SentToday, err = m.account.SentSince(ctx, time.Now().Add(-day)); err != nil {
		return err
	}
	f.Days = daysFor(bytes, limit, f.SentToday)
	return nil
}

// daysFor is on how many days something must be sent where each takes so many bytes.
func daysFor(bytes, limit, sentToday int64) int64 {
	later := max(bytes-max(limit-sentToday, 0), 0)
	return 1 + (later+limit-1)/limit
}

// weigh finds the messages that are too large.
func (m *Migration) weigh(ctx context.Context, f *Forecast) (err error) {
	over := int64(Hefty)
	if most := m.survey.AppendMax; most > 0 {
		if f.TooLarge, f.TooLargeBytes, err = m.account.CountLarger(ctx, most); err != nil {
			return err
		}
		if f.TooLarge > 0 {
			over = most
		}
	}
	f.Large, err = m.account.Largest(ctx, over, mostLarge)
	return err
}

// rate is that of the last run that sent much, or a usual one.
func (m *Migration) rate(ctx context.Context) (perSecond int64, measured bool, err error) {
	tallies, err := m.account.Tallies(ctx, 20)
	for _, text := range tallies {
		var run Fields
		if json.Unmarshal([]byte(text), &run) == nil && run.BytesUploaded >= measurable && run.UploadSeconds > 0 {
			return max(int64(float64(run.BytesUploaded)/run.UploadSeconds), 1), true, nil
		}
	}
	return usualRate, false, err
}
