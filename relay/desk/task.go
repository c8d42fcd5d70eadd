package desk

import (
	"cmp"
	"context"

	"foyer/relay/chat"
)

// Task is work that waits for an agent, or that one has or is being asked to take: a chat, or what a Source brings.
type Task struct {
	ID          string
	Queue       string
	SinceMs     int64  // since when it waits, or when it is due
	Agent       string // who is asked or has it; "" while it only waits
	Offer       string // the open offer; "" unless one is asked
	OfferEndsMs int64
	from        Source
}

func bySince(a, b Task) int { return cmp.Compare(a.SinceMs, b.SinceMs) }

// Source brings tasks of one kind. Its errors hold a *wire.Problem: CodeConflict, CodeOfferGone or CodeSessionEnded where
// the task went on meanwhile.
type Source interface {
	// Kind names the source in the log.
	Kind() string
	// AtMost is how many tasks of this kind an agent may have at once, whatever the agent's capacity; 0 for no such limit.
	AtMost() int
	// Waiting lists the tasks that wait or are offered, longest waiting first.
	Waiting(ctx context.Context, limit int) ([]Task, error)
	// Planned lists those that wait for their time, which comes first first.
	Planned(ctx context.Context, limit int) ([]Task, error)
	// OfAgent lists the tasks that take an agent's room: those that the agent is asked to take, or has.
	OfAgent(ctx context.Context, agent string) ([]Task, error)
	// Offer claims a task for one agent until endsMs and asks them. Of several who try at once, one succeeds.
	Offer(ctx context.Context, t Task, agent, offer string, endsMs int64) error
	// Return takes the open offer back and tells its agent why (as in wire.OfferGone).
	Return(ctx context.Context, t Task, reason string) error
}

// chats is the source that every desk has.
type chats struct {
	*chat.Service
	live Live
}

func (c chats) Kind() string { return "chat" }
func (c chats) AtMost() int  { return 0 }

func (c chats) Waiting(ctx context.Context, limit int) ([]Task, error) {
	rows, err := c.InQueue(ctx, limit)
	return chatTasks(rows), err
}

// Planned implements Source: nobody starts a chat for later.
func (c chats) Planned(context.Context, int) ([]Task, error) { return nil, nil }

func (c chats) OfAgent(ctx context.Context, agent string) ([]Task, error) {
	rows, err := c.Service.OfAgent(ctx, agent)
	var room []chat.Session
	for _, row := range rows {
		if row.State == chat.Offered || row.State == chat.Active {
			room = append(room, row)
		}
	}
	return chatTasks(room), err
}

func chatTasks(rows []chat.Session) []Task {
	tasks := make([]Task, len(rows))
	for i, row := range rows {
		tasks[i] = Task{ID: row.ID, Queue: row.Queue, SinceMs: row.QueuedMs, Agent: row.Agent, Offer: row.Offer, OfferEndsMs: row.OfferEndsMs}
	}
	return tasks
}

func (c chats) Offer(ctx context.Context, t Task, agent, offer string, endsMs int64) error {
	row, err := c.Service.Offer(ctx, t.ID, agent, offer, endsMs)
	if err == nil {
		c.live.Offer(agent, row)
	}
	return err
}

func (c chats) Return(ctx context.Context, t Task, reason string) error {
	_, err := c.Service.Return(ctx, t.ID, t.Offer)
	if err == nil {
		c.live.OfferGone(t.Agent, t.Offer, reason)
	}
	return err
}
