package webchatservice

import (
	"foyer/relay/wire"
	"foyer/wasm/attachment"
	"foyer/wasm/chat"
	"foyer/wasm/shape"
)

// upload is one file of a command.
type upload struct {
	*sendingFiles
	item *attachment.Item
}

// sendingFiles is a command with the files that are left of it.
type sendingFiles struct {
	*ask
	conv  *chat.Conversation
	queue *attachment.Queue
	left  int
	sent  []wire.Entry
}

// sendFile puts files into the queue that the chat window shows: the visitor sees how far they are, and may cancel them.
func (s *Service) sendFile(a *ask) {
	conv := s.active()
	files := filesOf(a.Field("files"))
	switch {
	case !a.t.table().Files || s.o.Uploads == nil:
		a.reject(textNoFiles)
	case conv == nil:
		a.reject(textNoSession)
	case len(files) == 0:
		a.fail(wire.Problemf(wire.CodeBadRequest, "no file was given"))
	default:
		s.send(a, conv, files)
	}
}

func (s *Service) send(a *ask, conv *chat.Conversation, files []*attachment.File) {
	queue := s.o.Uploads()
	if queue == nil {
		a.reject(textNoFiles)
		return
	}
	before := len(queue.Items())
	queue.Add(files...)
	command := &sendingFiles{ask: a, conv: conv, queue: queue, left: len(files)}
	for _, item := range queue.Items()[before:] {
		s.uploads = append(s.uploads, upload{command, item})
		s.ownFiles[item.ID] = a.t
	}
	s.changed()
}

// settleUploads answers the commands whose files have all arrived, and those with one that is not sent. A refused file is
// not shown any longer: the page knows.
func (s *Service) settleUploads() {
	uploads := s.uploads
	s.uploads = nil
	for _, u := range uploads {
		if u.item.State == attachment.Dropped {
			delete(s.ownFiles, u.item.ID)
		}
		switch l, there := u.conv.Line(u.item.ID); {
		case u.item.State == attachment.Refused:
			u.queue.Drop(u.item.ID)
			u.fail(wire.Problemf(u.item.Reason.Code, "%s was not taken", u.item.File.Name))
		case there:
			u.queue.Arrived(u.item.ID)
			u.arrived(entryAt(u.conv, l.Seq))
		case u.item.State == attachment.Dropped:
			u.fail(wire.Problemf(wire.CodeConflict, "the visitor took %s back", u.item.File.Name))
		case u.conv.Over():
			u.fail(wire.Problemf(wire.CodeSessionEnded, "the chat is over"))
		default:
			s.uploads = append(s.uploads, u)
		}
	}
}

func (f *sendingFiles) arrived(entries []wire.Entry) {
	f.left--
	f.sent = append(f.sent, entries...)
	if f.left == 0 {
		f.answer(f.conv, f.sent...)
	}
}

// filesOf are the files of a file input, a list of files, or one.
func filesOf(v any) []*attachment.File {
	switch v := v.(type) {
	case *attachment.File:
		return []*attachment.File{v}
	case []any:
		var all []*attachment.File
		for _, e := range v {
			all = append(all, filesOf(e)...)
		}
		return all
	case map[string]any:
		return filesOf(v["files"])
	}
	return nil
}

// downloadFile fetches a file and has the page offer it.
func (s *Service) downloadFile(a *ask) {
	id := a.text("fileId")
	switch {
	case s.o.Files == nil || a.t.conv == nil:
		a.reject(textNoSession)
	case id == "":
		a.fail(wire.Problemf(wire.CodeNoFile, "no fileId was given"))
	default:
		s.o.Files.Download(id, func(f *attachment.File, r *attachment.Refusal) {
			if r != nil {
				a.fail(wire.Problemf(r.Code, "the file could not be fetched"))
				return
			}
			name := a.text("fileName")
			if name == "" {
				name = a.t.nameOf(id)
			}
			a.t.page.Call("save", shape.Object("name", name, "type", f.Type, "data", f), func(ok bool, _ any) {
				if !ok {
					a.fail(wire.Problemf(wire.CodeInternal, "the page could not offer the file"))
					return
				}
				a.resolve(nil)
			})
		})
	}
}

// nameOf is a file's name as the log has it.
func (t *tab) nameOf(id string) string {
	for _, e := range t.conv.Entries() {
		if file := attachment.Of(e.Data); e.Kind == wire.KindFile && file.ID == id {
			return file.Name
		}
	}
	return "file"
}
