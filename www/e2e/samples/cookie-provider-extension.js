// add it in you init configuration
if (!window._genesys) window._genesys = {};

// EXAMPLE of options value
const IFRAME_URL = "http://domain-a/iframe.html";
const SESSION_COOKIE_NAME = "customer-defined-session-cookie";

// EXAMPLE of function to show notification for third-party cookies
function showThirdPartyCookieNotification(isEnable) {

if (!isEnable) {
alert("please enable your third-party cookies");

}
}

window._genesys = {
widgets: {

extensions: {
CookieProviderExtension: initCookieProviderExtension(SESSION_COOKIE_NAME,

IFRAME_URL, showThirdPartyCookieNotification)
}

}
}

// or add it separately after initialization
if(!window._genesys.widgets.extensions){

window._genesys.widgets.extensions = {};
}

window._genesys.widgets.extensions["CookieProviderExtension"] =
initCookieProviderExtension(SESSION_COOKIE_NAME, IFRAME_URL,
showThirdPartyCookieNotification);
