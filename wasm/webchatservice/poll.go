package webchatservice

// private is who may call the commands that are the service's own: page code that calls itself so.
const private = "WebChatService"

// poll gets what is new, once. It is for the service itself.
func (s *Service) poll(a *ask) {
	t := a.t
	switch {
	case !t.table().Polls:
		a.reject(textNoPolls)
	case a.From != private:
		a.reject(textPrivate)
	case s.active() == nil || t.polling:
		a.reject(textPollUnfinished)
	default:
		t.polling = true
		t.paused, t.wasPaused = false, t.paused
		s.o.Loop.Post(func() {
			t.tell()
			t.polling, t.paused = false, t.wasPaused
			a.resolve(nil)
		})
	}
}

// startPoll lets the page hear of news again.
func (s *Service) startPoll(a *ask) { s.setPolling(a, true, "pollingStarted") }

// stopPoll keeps news of the log from the page until it polls again.
func (s *Service) stopPoll(a *ask) { s.setPolling(a, false, "pollingStopped") }

func (s *Service) setPolling(a *ask, on bool, event string) {
	switch {
	case !a.t.table().Polls:
		a.reject(textNoPolls)
	case s.active() == nil:
		a.reject(textNoSessionShort)
	default:
		a.t.paused = !on
		a.t.publish(event, nil)
		a.resolve(nil)
		s.changed()
	}
}

func (s *Service) resetPollExceptions(a *ask) {
	if !a.t.table().Polls {
		a.reject(textNoPollReset)
		return
	}
	a.t.failures = 0
	a.resolve(nil)
}
