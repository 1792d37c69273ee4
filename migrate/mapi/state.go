package mapi

import (
	"slices"
	"strings"
	"time"
)

// A State is what the user and the program have done with an item.
type State struct {
	Seen, Answered, Flagged, Draft bool
	Forwarded                      bool
	Deleted                        bool // marked for deletion (PidTagMessageStatus)
	Sent                           bool // written here and given to a transport, not received
	Associated                     bool // folder-associated: settings of the program, no item of the user
	HeaderOnly                     bool // the program has not fetched what it says
}

// Bits of PidTagMessageFlags ([MS-OXCMSG] section 2.2.1.6) and PidTagMessageStatus.
const (
	flagRead       = 0x0001
	flagSubmitted  = 0x0004
	flagUnsent     = 0x0008
	flagFromMe     = 0x0020
	flagAssociated = 0x0040
	statusDeleted  = 0x0008
)

// Values of PidTagLastVerbExecuted ([MS-OXOMSG] section 2.2.1.7).
const (
	verbReply    = 102
	verbReplyAll = 103
	verbForward  = 104
)

// StateOf reads an item's state.
func StateOf(o Object) State {
	r := reader{Object: o}
	flags, verb, icon := r.int(idMessageFlags), r.int(idLastVerb), r.int(idIconIndex)
	return State{
		Seen:       flags&flagRead != 0,
		Draft:      flags&flagUnsent != 0 && flags&flagSubmitted == 0,
		Sent:       flags&(flagSubmitted|flagFromMe) != 0 && !r.has(idTransportHeaders),
		Answered:   verb == verbReply || verb == verbReplyAll || verb == 0 && icon == iconReplied,
		Forwarded:  verb == verbForward || verb == 0 && icon == iconForwarded,
		Flagged:    r.int(idFlagStatus) == flagStatusFollowUp,
		Deleted:    r.int(idMessageStatus)&statusDeleted != 0,
		Associated: flags&flagAssociated != 0,
		HeaderOnly: r.headerOnly(),
	}
}

// headerOnly reports whether only the header was fetched from the server: Outlook marks such items where it works on an account of Exchange
// or IMAP (PidLidHeaderItem), and those that are fetched on demand have a class of their own.
func (r reader) headerOnly() bool {
	mark, _ := r.namedInt(nameHeaderItem)
	return mark != 0 || isClass(r.text(idMessageClass), "IPM.Remote")
}

// What a follow-up flag and the icon say where no verb is kept ([MS-OXOFLAG] section 2.2.1.1, [MS-OXOMSG] section 2.2.1.10).
const (
	flagStatusFollowUp = 2
	iconReplied        = 0x105
	iconForwarded      = 0x106
)

// Categories returns the item's categories (the named property Keywords), each once, in their order.
func Categories(o Object) []string {
	var list []string
	for _, text := range (reader{Object: o}).namedTexts(nameKeywords) {
		if text = strings.TrimSpace(text); text != "" && !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return list
}

// Delivered returns when the item came into the store, or zero if the item doesn't say or says nonsense.
func Delivered(o Object) time.Time { return (reader{Object: o}).time(idDeliveryTime) }

// Dated returns the best date of an item: when it was sent, delivered, made or last changed, the first that is credible; or zero.
func Dated(o Object) time.Time {
	r := reader{Object: o}
	for _, id := range []ID{idClientSubmitTime, idDeliveryTime, idCreationTime, idLastModified} {
		if t := r.time(id); !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}
