package live

import (
	"foyer/relay/callback"
	"foyer/relay/desk"
)

// CallbackOffer asks an agent to take a call over: the callback holds the offer's id and end.
type CallbackOffer struct {
	Agent    string
	Callback callback.Callback
}

// CallbackOpened says that the call is now the agent's, and that the offer is thereby over.
type CallbackOpened struct {
	Agent    string
	Offer    string
	Callback callback.Callback
}

// CallbackClosed says that the call is no longer the agent's.
type CallbackClosed struct {
	Agent    string
	Callback callback.Callback
}

// Waiting says what waits in the agent's queues.
type Waiting struct {
	Agent   string
	Outlook desk.Outlook
}

func (m Waiting) topic() Topic        { return Agent(m.Agent) }
func (m CallbackOffer) topic() Topic  { return Agent(m.Agent) }
func (m CallbackOpened) topic() Topic { return Agent(m.Agent) }
func (m CallbackClosed) topic() Topic { return Agent(m.Agent) }

// CallbackOffer implements callback.Live.
func (h *Hub) CallbackOffer(agent string, c callback.Callback) { h.publish(CallbackOffer{agent, c}) }

// CallbackOpened implements callback.Live.
func (h *Hub) CallbackOpened(agent, offer string, c callback.Callback) {
	h.publish(CallbackOpened{agent, offer, c})
}

// CallbackClosed implements callback.Live.
func (h *Hub) CallbackClosed(agent string, c callback.Callback) { h.publish(CallbackClosed{agent, c}) }

// Waiting implements desk.Live. It stays at this relay, which counts for the agents that are connected to it.
func (h *Hub) Waiting(agent string, o desk.Outlook) { h.Receive(Waiting{agent, o}) }
