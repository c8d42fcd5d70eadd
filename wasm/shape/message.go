package shape

import "foyer/relay/wire"

// Message shows an entry in the normal form of WebChatService.messageReceived, the same for every transport. from is
// never missing: pages read from.type without asking. It has the sender's name and id under both of their names.
func Message(c Chat, e wire.Entry) map[string]any {
	m := Object(
		"index", e.Seq,
		"id", e.ID,
		"type", normalType(e.Kind),
		"from", Object(
			"type", role(e.From.Kind), "name", e.From.Nickname, "nickname", e.From.Nickname,
			"id", e.From.ID, "participantId", e.From.ID,
		),
		"time", e.Ms,
		"utcTime", e.Ms,
		"html", false,
	)
	if e.Kind == wire.KindMessage || e.Kind == wire.KindNotice {
		m["text"] = e.Text
	}
	if len(e.Data) > 0 {
		m["data"] = e.Data
	}
	return m
}

func isFile(kind string) bool { return kind == wire.KindFile || kind == wire.KindFileDeleted }

func normalType(kind string) string {
	switch kind {
	case wire.KindMessage:
		return "Message"
	case wire.KindNotice:
		return "CustomNotice"
	case wire.KindJoined:
		return "ParticipantJoined"
	case wire.KindLeft:
		return "ParticipantLeft"
	case wire.KindState:
		return "InteractionStateChange"
	case wire.KindFile:
		return "FileUploaded"
	case wire.KindFileDeleted:
		return "FileDeleted"
	case wire.KindData:
		return "UserDataUpdated"
	}
	return kind // a newer relay's, better readable than lost
}
