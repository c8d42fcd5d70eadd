const IFRAME_URL = "http://127.0.0.1:5500/iframe.html";
const SESSION_COOKIE_NAME = "customer-defined-session-cookie";

if (!window._genesys) window._genesys = {};

window._genesys = {
widgets: {

webchat: {
transport: {

type: "",
dataURL: "", // Provided by Genesys
endpoint: "", // Provided by Genesys
headers: {

"x-api-key": "", // Provided by Genesys
},
async: {
 enabled: true,
getSessionData: function (sessionData, Cookie, CookieOptions) {

// Note: You don't have to use Cookies. You can, instead, store in a secured location like a database.

Cookie.set(
SESSION_COOKIE_NAME,
JSON.stringify(sessionData),
CookieOptions

);
},
setSessionData: function (Open, Cookie, CookieOptions) {

// Retrieve from your secured location.
return Cookie.get(SESSION_COOKIE_NAME);

},
},

},
},
// you need add this option only if you use alternative connection
extensions: {

CookieProviderExtension
}

},
};

const widgetScriptElement = document.createElement("script");
const widgetBaseUrl = "https://apps.mypurecloud.de/widgets/9.0/";

// provide your own SESSION_COOKIE_NAME (example 'customer-defined-session-cookie')  and IFRAME_URL (example 'https://iframe.com/iframe.html')
let cookieProvider = new CookieProvider(SESSION_COOKIE_NAME, IFRAME_URL);
//load cookie
cookieProvider.loadCookie();

// chat initializing
widgetScriptElement.setAttribute("src", widgetBaseUrl + "cxbus.min.js");
widgetScriptElement.addEventListener("load", async function () {

await CXBus.configure({
debug: true,
pluginsPath: widgetBaseUrl + "plugins/",

});
await CXBus.loadPlugin("widgets-core");
await CXBus.command("WebChat.open");

// set cookie to iframe when chat started
var cookieProviderPlugin = window._genesys.widgets.bus.registerPlugin("CookieProvider");
cookieProviderPlugin .subscribe("WebChat.started", function (e) {
//save cookie
cookieProvider.saveCookie();

});
});

document.head.appendChild(widgetScriptElement);
