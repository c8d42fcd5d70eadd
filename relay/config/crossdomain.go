package config

// Crossdomain switches the ways by which a conversation follows its visitor to a page, in the order in which pages try
// them. Each is on unless it says false, but for the button, which visitors see.
type Crossdomain struct {
	Session  *bool `yaml:"session" doc:"The site itself keeps where its conversation goes on, also over a reload. Default true"`
	Handoff  *bool `yaml:"handoff" doc:"Links, forms and windows that lead to another site of the deployment carry a one-time token behind the #. Default true"`
	Cookie   *bool `yaml:"cookie" doc:"A cookie of the relay, where the browser shares it between sites. Default true"`
	Activate *bool `yaml:"activate" doc:"The same cookie, with access that the visitor has given on an earlier page. Default true"`
	Button   *bool `yaml:"button" doc:"Visitors are asked to keep their conversation for your other sites, and to continue it there, where a click gives access to the cookie; only in a deployment whose origins are of more than one site (www.example.com and *.example.com are one). Default false"`
	Identity *bool `yaml:"identity" doc:"A signed identity finds its visitor's conversation. Default true"`

	HandoffOrigins []string `yaml:"handoff_origins" doc:"The only origins to which links carry a token, written as in origins, for a deployment some of whose pages lack the tag: they would see the token in their address. Default: all of origins"`
}

// On is a switch that is on unless it says false.
func On(s *bool) bool { return s == nil || *s }
