package config

// File is relay.yaml. Each field's doc tag is its line in www/docs/settings.md, so a field without one does
// not pass the tests.
type File struct {
	// PublicURLs and TrustedProxies are what the relay is told of its surroundings: see deployment.Own, throttle.Proxies.
	PublicURLs     []string     `yaml:"public_urls" doc:"The relay's own addresses, as browsers have them: https://foyer.example.com, or https://www.example.com/chat where a proxy has it below a path. Only under these (and under IP addresses and localhost) do desktop, chats and cookies answer, others get 421; scripts and the interfaces for servers answer under every name. Default: every name that is reached by https, so that a stranger's name for the relay's address opens nothing"`
	TrustedProxies []Addresses  `yaml:"trusted_proxies" doc:"Addresses or networks of your proxies. What they say in X-Forwarded-For is believed, from the right to the left, until an address that is not listed: that is the visitor's. This machine is always trusted"`
	Deployments    []Deployment `yaml:"deployments" doc:"The sites that may use this relay. None: nothing is open"`
	Queues         []Queue      `yaml:"queues" doc:"What conversations wait in"`
	Agents         []Agent      `yaml:"agents" doc:"Agents kept up to date at start and reload, beside those of relay agent add"`
	SignInHours    int          `yaml:"sign_in_hours" doc:"Hours after which agents have to sign in again, however active they are: 1 to 8760. A sign-in also ends when its desktop has been closed for 12 hours, and at once when the password is changed, or the agent is signed out, disabled or removed. The networks from which agents sign in are kept for 180 days. Default 168"`
	Scanner        Scanner      `yaml:"scanner" doc:"The virus scanner that every file must pass; a deployment may have its own. Default: none"`
	Rules          []Rule       `yaml:"rules" doc:"When visitors are engaged, and how. All rules look at each event, in this order"`
	// ServerAddresses says where programs may call from that send no key, such as old strategies.
	ServerAddresses []Addresses `yaml:"server_addresses" doc:"Addresses, or networks such as 10.1.0.0/16, whose programs may use the interfaces for servers (notifications, engagement, history) of all deployments without an API key"`
	Limits          Limits      `yaml:"limits" doc:"What one network, device, visit, chat and deployment can cost at most. Reaching a limit is told to the client with a code, is in the metrics foyer_limit_reached_total and foyer_limit_nearly_total, and is logged once when 80 % are used"`
	Channels        []any       `yaml:"channels" doc:"Reserved for e-mail and other channels; must be empty in this version"`
	Listeners       []any       `yaml:"listeners" doc:"Reserved for further ports; must be empty in this version"`
}

// Deployment is one customer's use of the relay: some sites, how they look for it, and what they may do.
type Deployment struct {
	Name            string   `yaml:"name" doc:"What the tag's data-deployment says: letters, digits, dot, dash, underscore; at most 64"`
	Origins         []string `yaml:"origins" doc:"Origins of the pages that may use it: https://shop.example, or https://*.example.com for every subdomain (not example.com itself). Capital letters, a final slash, the scheme's own port and letters such as ü are read as browsers read them; what no page could match is refused at start, with how to write it"`
	FrameAncestors  []string `yaml:"frame_ancestors" doc:"Origins of sites that show those pages inside a frame"`
	APIKeys         []string `yaml:"api_keys" doc:"Keys by which clients of the public interfaces name this deployment. They select, they do not authenticate"`
	OrganizationIDs []string `yaml:"organization_ids" doc:"deploymentKey or orgGuid values of old pages that mean this deployment"`
	ServiceNames    []string `yaml:"service_names" doc:"GMS and callback service names that mean this deployment"`
	IdentitySecret  Secrets  `yaml:"identity_secret" doc:"Secrets with which the site's own server signs its visitors' identities (JWT, HS256), each of 32 bytes or more. Any of them verifies, so that a new one can be added before the old one is taken out; a single one may stand without the list"`
	IdentityKeys    []string `yaml:"identity_keys" doc:"Public keys (PEM) that verify identities as well: RS256, ES256, EdDSA"`
	Identity        string   `yaml:"identity" doc:"optional: pages may bring a signed identity, which finds the visitor's chat on another device. required: without one nobody chats. Default optional where there is a secret or key"`
	Consent         bool     `yaml:"consent" doc:"Nothing is stored, sent or framed before the visitor consents or opens the chat. Default false"`
	RetentionDays   int      `yaml:"retention" doc:"Days after which a chat that is over is deleted, with its files: 1 to 3650. Default 0: chats are kept for ever"`
	Addresses       string   `yaml:"visitor_addresses" doc:"What is recorded of visitors' IP addresses, in VisitStarted and for the history API: off (default), short (the network: 24 bits of IPv4, 48 of IPv6) or full"`
	Parameters      []string `yaml:"url_parameters" doc:"Query parameters that are recorded of the addresses of pages, those and no others, whatever they hold; [] for none. Default: all but those that look like a secret (token, password, code, session, key, signature and the like, random values) or hold an e-mail address, which are left out of paths and fragments as well"`
	VanishedSeconds int      `yaml:"vanished_after" doc:"Seconds without any connection after which a chat that still waits for an agent is ended; -1 for never. Default 1800; with PostgreSQL never, because another relay may have the visitor"`
	EventDays       int      `yaml:"event_retention" doc:"Days after which what was recorded of visits is deleted, and callbacks that are done; 1 to 3650. Default 90"`
	RestoreSeconds  int      `yaml:"restore_timeout" doc:"Seconds that a visitor may be away and still find the chat. Default 0: as long as it lives; pages that are configured for the vendor's widgets have 60"`
	Queue           string   `yaml:"queue" doc:"Queue of its conversations. Default: the deployment's name"`
	Hours           Hours    `yaml:"hours" doc:"When visitors can be called back. Default: always"`
	Languages       []string `yaml:"languages" doc:"Languages of its texts, the default first. Default: en"`
	Features        Features `yaml:"features" doc:"What is switched on"`
	// Crossdomain is how conversations go on across the sites of Origins.
	Crossdomain Crossdomain `yaml:"crossdomain" doc:"How a conversation follows its visitor to another site of the deployment"`
	Files       Files       `yaml:"files" doc:"Files that visitors and agents send each other"`
	// Notifications come from servers, see relay/notify.
	Notifications Notifications `yaml:"notifications" doc:"What messages of the Notification Service may do on pages"`
	DSL           DSL           `yaml:"dsl" doc:"Business events that pages watch for"`
	Categories    []Category    `yaml:"categories" doc:"What pages are about; events carry the names of all that fit"`
	Scanner       Scanner       `yaml:"scanner" doc:"The deployment's own virus scanner, instead of the one at the top"`
}

// Features switches parts of a deployment on. All are off unless named.
type Features struct {
	Chat          bool `yaml:"chat" doc:"The chat button and conversations"`
	Callback      bool `yaml:"callback" doc:"Visitors may ask to be rung"`
	Monitoring    bool `yaml:"monitoring" doc:"Recording visits and their pages"`
	TypingPreview bool `yaml:"typing_preview" doc:"Agents see what a visitor is writing before it is sent"`
}

// Hours are the opening hours of a week, see relay/hours.
type Hours struct {
	TimeZone string    `yaml:"time_zone" doc:"In which the times are meant: Europe/Berlin"`
	Open     []Opening `yaml:"open" doc:"When it is open. A day may stand in several"`
}

// Opening is a time at which it is open on some days of the week.
type Opening struct {
	Days []string `yaml:"days" doc:"mon, tue, wed, thu, fri, sat, sun"`
	From string   `yaml:"from" doc:"Time of day in quotes: \"09:00\""`
	To   string   `yaml:"to" doc:"The first minute that is closed: \"17:30\"; \"24:00\" is midnight"`
}

// Queue is where conversations wait for an agent.
type Queue struct {
	Name string `yaml:"name" doc:"Name that deployments refer to"`
}

// Agent is somebody who may sign in to the desktop. The password is never kept here, only its bcrypt hash.
type Agent struct {
	Username     string   `yaml:"username" doc:"Lower case, unique"`
	Name         string   `yaml:"name" doc:"What visitors see. Default: the username"`
	PasswordHash string   `yaml:"password_hash" doc:"bcrypt, as relay agent hash prints it"`
	Capacity     int      `yaml:"capacity" doc:"Conversations at a time, 1 to 100. Default 3"`
	Queues       []string `yaml:"queues" doc:"Queues that the agent works for. Default: all"`
	Disabled     bool     `yaml:"disabled" doc:"May not sign in"`
}
