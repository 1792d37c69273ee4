package mapi

import "io"

// VCard writes a contact, or a distribution list with its members, as vCard 3.0 (RFC 2426).
func VCard(w io.Writer, m Message, opts Options) error { return nil }

// Calendar writes an appointment, a meeting, a task, a journal entry or a note as an iCalendar object (RFC 5545).
func Calendar(w io.Writer, m Message, opts Options) error { return nil }

func (it *item) withCalendar(files []*attached) (*part, error) { return it.mixed(nil, files) }
func (it *item) withCard(files []*attached) (*part, error)     { return it.mixed(nil, files) }
