package imap

import (
	"context"
	"strconv"
	"strings"

	goimap "github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"unpop/migrate"
)

// Survey asks what the account allows. What the server does not say or refuses to say stays zero.
func (s *Session) Survey(ctx context.Context) (migrate.Survey, error) {
	survey := migrate.Survey{Server: s.wire.serverID, Connections: s.wire.connectionLimit(), Labels: s.wire.labels()}
	survey.DailyBytes, survey.DailySource = s.wire.dailyLimit()
	if survey.Server == "" {
		survey.Server = s.wire.greeting
	}
	questions := []question{s.askDelimiter, s.askNamespace, s.askAppendMax, s.askQuota}
	err := s.do(ctx, migrate.Refused, func() error {
		var answers []func() error
		for _, ask := range questions {
			answers = append(answers, ask(&survey))
		}
		for _, answer := range answers {
			if err := answer(); err != nil && !isAnswer(err) {
				return err
			}
		}
		return nil
	})
	return survey, err
}

// A question is sent at once; what it returns waits for the answer. So all of them take one round trip.
type question func(*migrate.Survey) (answer func() error)

// unasked is the answer where there is nothing to ask.
func unasked() error { return nil }

// askDelimiter sends LIST "" "" (RFC 9051 section 6.3.9).
func (s *Session) askDelimiter(survey *migrate.Survey) func() error {
	asked := s.client.List("", "", nil)
	return func() error {
		list, err := asked.Collect()
		if err == nil && len(list) > 0 {
			survey.Delimiter = list[0].Delim
		}
		return err
	}
}

// askNamespace has its answer after that of askDelimiter.
func (s *Session) askNamespace(survey *migrate.Survey) func() error {
	if !s.wire.caps.Has(goimap.CapNamespace) {
		return func() error { return s.guessPrefix(survey) }
	}
	asked := s.client.Namespace()
	return func() error {
		data, err := asked.Wait()
		if err != nil || len(data.Personal) == 0 {
			return err
		}
		survey.Prefix = data.Personal[0].Prefix
		if d := data.Personal[0].Delim; d != 0 {
			survey.Delimiter = d
		}
		return nil
	}
}

// guessPrefix looks at the mailboxes of a server without NAMESPACE: where all lie below INBOX, new ones belong there too.
func (s *Session) guessPrefix(survey *migrate.Survey) error {
	list, err := s.client.List("", "*", nil).Collect()
	if err != nil || survey.Delimiter == 0 {
		return err
	}
	prefix, below := inbox+string(survey.Delimiter), false
	for _, data := range list {
		switch {
		case strings.EqualFold(data.Mailbox, inbox):
		case len(data.Mailbox) > len(prefix) && strings.EqualFold(data.Mailbox[:len(prefix)], prefix):
			below, prefix = true, data.Mailbox[:len(prefix)]
		default:
			return nil
		}
	}
	if below {
		survey.Prefix = prefix
	}
	return nil
}

// askAppendMax takes APPENDLIMIT=n from the capabilities, or asks STATUS where it goes by mailbox (RFC 7889).
func (s *Session) askAppendMax(survey *migrate.Survey) func() error {
	for name := range s.wire.caps {
		if n, ok := strings.CutPrefix(string(name), "APPENDLIMIT="); ok {
			survey.AppendMax, _ = strconv.ParseInt(n, 10, 64)
			return unasked
		}
	}
	if _, ok := s.wire.caps[goimap.CapAppendLimit]; !ok {
		return unasked
	}
	asked := s.client.Status(inbox, &goimap.StatusOptions{AppendLimit: true})
	return func() error {
		data, err := asked.Wait()
		if err == nil && data.AppendLimit != nil {
			survey.AppendMax = int64(*data.AppendLimit)
		}
		return err
	}
}

// askQuota asks for the quota of INBOX (RFC 9208); of several roots the one with the least room counts.
func (s *Session) askQuota(survey *migrate.Survey) func() error {
	if !s.wire.caps.Has("QUOTA") {
		return unasked
	}
	asked := s.client.GetQuotaRoot(inbox)
	return func() error {
		quotas, err := asked.Wait()
		for _, quota := range quotas {
			if storage, ok := quota.Resources[goimap.QuotaResourceStorage]; ok {
				takeQuota(survey, storage)
			}
		}
		return err
	}
}

// takeQuota counts in units of 1024 octets (RFC 9208 section 5.1). A limit of 0 is none: Stalwart says so of accounts without a quota.
func takeQuota(survey *migrate.Survey, storage imapclient.QuotaResourceData) {
	const unit = 1024
	if storage.Usage < 0 || storage.Limit <= 0 || storage.Limit > (1<<63-1)/unit || storage.Usage > (1<<63-1)/unit {
		return
	}
	if survey.HasQuota && survey.QuotaLimit-survey.QuotaUsed <= (storage.Limit-storage.Usage)*unit {
		return
	}
	survey.HasQuota = true
	survey.QuotaUsed, survey.QuotaLimit = storage.Usage*unit, storage.Limit*unit
}
