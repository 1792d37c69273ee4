package migrate

import (
	"encoding/json"
	"time"
)

// Fields is a report as the JSON object that scripts read. Its names are a contract: add, never rename.
type Fields struct {
	Seen      int64 `json:"seen"`
	Uploaded  int64 `json:"uploaded"`
	Present   int64 `json:"present"`
	Moved     int64 `json:"moved"`
	Duplicate int64 `json:"duplicate"`
	Variant   int64 `json:"variant"`
	Expunged  int64 `json:"expunged"`
	Excluded  int64 `json:"excluded"`
	Rejected  int64 `json:"rejected"`
	Pending   int64 `json:"pending"`
	ToKeep    int64 `json:"to_keep"` // of the pending ones, as the next
	ToMove    int64 `json:"to_move"`
	Partial   int64 `json:"partial"`

	BytesThere int64 `json:"bytes_there"` // of what was on the target already

	Verified        int64 `json:"verified"`
	Missing         int64 `json:"missing"`
	Altered         int64 `json:"altered"`
	Different       int64 `json:"different"`
	KeywordsDropped int64 `json:"keywords_dropped"`
	BytesUploaded   int64 `json:"bytes_uploaded"`

	Seconds       float64 `json:"seconds"`
	ScanSeconds   float64 `json:"scan_seconds"`
	PlanSeconds   float64 `json:"plan_seconds"`
	UploadSeconds float64 `json:"upload_seconds"`
	VerifySeconds float64 `json:"verify_seconds"`

	Server string `json:"server"` // what the server calls itself; empty: it was not asked
}

// Fields returns the report for a script.
func (r Report) Fields() Fields {
	var total time.Duration
	for _, t := range r.Times {
		total += t
	}
	return Fields{
		Seen: r.Seen, Uploaded: r.Uploaded, Present: r.Present, Moved: r.Moved, Duplicate: r.Duplicate, Variant: r.Variant, Partial: r.Partial,
		Expunged: r.Expunged, Excluded: r.Excluded, Rejected: r.Rejected(), Pending: r.Pending, ToKeep: r.ToKeep, ToMove: r.ToMove,
		Verified: r.Verified, Missing: r.Missing, Altered: r.Altered, Different: r.Different, KeywordsDropped: r.FlagsDropped, BytesUploaded: r.BytesUploaded, BytesThere: r.BytesThere,
		Seconds: seconds(total), ScanSeconds: seconds(r.Times[StepScan]), PlanSeconds: seconds(r.Times[StepPlan]),
		UploadSeconds: seconds(r.Times[StepUpload]), VerifySeconds: seconds(r.Times[StepVerify]),
		Server: r.Server,
	}
}

// JSON returns the fields as one line.
func (r Report) JSON() string {
	text, err := json.Marshal(r.Fields())
	if err != nil {
		return "{}" // numbers can't fail
	}
	return string(text)
}

// JSON returns what the ledger keeps of a verification that is a run of its own. The names are those of [Fields].
func (v *Verification) JSON(opts VerifyOptions) string {
	text, err := json.Marshal(struct {
		Verified  int64 `json:"verified"`
		Missing   int64 `json:"missing"`
		Altered   int64 `json:"altered"`
		Different int64 `json:"different"`
		Deep      bool  `json:"deep"`
	}{v.Verified, v.Missing, v.Altered, v.Different, opts.Deep})
	if err != nil {
		return "" // numbers can't fail
	}
	return string(text)
}

// seconds keeps milliseconds.
func seconds(d time.Duration) float64 { return float64(d.Milliseconds()) / 1000 }
