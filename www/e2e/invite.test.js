// Invitations: a rule or a server invites, the visitor answers, the agent sees what it came from.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import * as agent from './harness/agent.js';
import { violations } from './harness/axe.js';
import { customersRelay, home } from './harness/customer-page.js';
import { ids, invitation, notifyPage, resultIs } from './harness/notifier.js';
import { click, fill, picture, popupOf, shows, textOf } from './harness/person.js';
import { stage } from './harness/stage.js';
import { until } from './harness/until.js';
import * as visitor from './harness/visitor.js';

const dialog = '.gpe-dialog';
const noDialog = (page) => until('the invitation is gone', async () => !(await page.$(dialog)));

const rules = `
rules:
  - name: basket
    on: [AddToCart]
    when: agentsReady > 0
    do:
      - invite: {type: chat, config: {subject: "Can we help with your basket?", inviteTimeout: 600}}
`;

describe('an invitation of a rule', () => {
  const scene = stage({ config: rules });

  it('becomes a chat that tells the agent where it came from', async () => {
    const desk = await (await scene.agent()).atWork(scene.relay);
    const customer = await scene.visitor();
    const shop = await customer.visit(scene.relay.shop('shop-a'));
    await shop.locator(visitor.chatButton).wait();
    const { visitID, pageID } = await ids(shop);
    await shop.evaluate(() => globalThis._gt.push(['event', 'AddToCart', { data: { sku: 'tent' } }]));
    await shows(shop, dialog, 'Can we help with your basket?');
    assert.deepEqual(await violations(shop, dialog), []);
    assert.equal(await shop.evaluate(() => document.activeElement === document.body), true, 'it takes no focus');
    await picture(shop, 'invite');

    await click(shop, 'button', 'Start chat');
    await noDialog(shop);
    await visitor.submitForm(shop, { firstname: 'Ada' });
    await picture(shop, 'invite-accepted');
    await agent.accept(desk);
    await until('the agent sees the attached data', async () => {
      const text = await textOf(desk, agent.attachedData);
      return [visitID, pageID, 'webengagement'].every((part) => text.includes(part));
    });
    await shows(desk, agent.journey, await shop.title());
    await picture(desk, 'invite-agent');
    await resultIs(scene.relay, visitID, 'accept');
  });
});

/** The built-in file, as an operator copies it, with the functions of the seed put in the place of its own. */
const copy = readFileSync(new URL('../invite/invite.html', import.meta.url), 'utf8');
const seed = `
function startGms(gmsScenario) {
    openWindow(
        '/checkout.html',    // Customized GMS
        'GMS',
        gmsScenario
    );
}
function onAccept() {
    log('onAccept()');
    closeInviteDialogWindow();
    if (_config.type === INVITE_TYPE.CHAT) {
        startGms('CHAT-NOW'); // Start GMS 'CHAT-NOW' scenario
        sendInviteResult(INVITE_RESULT.ACCEPT_CHAT);
    } else if (_config.type === INVITE_TYPE.CALLBACK) {
        startCallback();
        sendInviteResult(INVITE_RESULT.ACCEPT_CALLBACK);
    } else {
        error('Invitation type not defined');
    }
}
`;
const chatOfItsOwn = `function onAccept() {
    closeInviteDialogWindow();
    _gt.push(['getIDs', function (IDs) {
        _genesys.widgets.bus.command('WebChat.open', { userData: { visitID: IDs.visitID, pageID: IDs.pageID, webengagement: '' } });
    }]);
    _gt.push(['event', 'InvitationAccepted', { data: { type: _config.type } }]);
    sendInviteResult(INVITE_RESULT.ACCEPT_CHAT);
}
`;
const replacing = (code) => copy.replace(/function onAccept\(\) {[^]*?\n  }\n/, code);
const beforeItShows = (code) => copy.replace('showInviteDialogWindow();', code + ' showInviteDialogWindow();');
const resources = {
  'words.html': beforeItShows("_config.subject = 'A tent?'; _config.message = 'Ask us.'; _config.acceptBtnCaption = 'Ask'; _config.cancelBtnCaption = 'Later';"),
  'config.html': beforeItShows("var _config = { type: INVITE_TYPE.CALLBACK, acceptBtnCaption: 'Ring me' };"),
  'startChat.html': copy + "<script>function startChat() { openWindow('/checkout.html#top', 'Third party', 'A & B'); }</script>",
  'bus.html': replacing(chatOfItsOwn),
  'own-dialog.html': '<div id="own"><button id="yes">Talk to us</button></div><script>document.getElementById("yes").onclick = function () ' +
    '{ document.getElementById("own").remove(); startChat(); sendInviteResult(INVITE_RESULT.ACCEPT_CHAT); };</script>',
  'inviteGMS.html': replacing(seed),
  'bare.html': `<script>${seed}</script>`,
  'news.html': '<p id="news">Fresh bread</p><script>document.getElementById("news").title = "Today"</script>',
};

describe('an invitation of a server', () => {
  const scene = stage({ resources });

  /** A shop that gets notifications. */
  async function shopOf(customer, path) {
    const shop = await customer.visit(scene.relay.shop('shop-a', path));
    await shop.locator(visitor.chatButton).wait();
    return shop;
  }

  for (const [file, why] of [['inviteGMS.html', 'a changed copy of invite.html'], ['bare.html', 'the functions alone']]) {
    it(`opens another medium's window: ${why}`, async () => {
      const customer = await scene.visitor();
      const shop = await shopOf(customer);
      const { visitID, pageID } = await ids(shop);
      const prefix = file === 'bare.html' ? '/server/resources/' : '/frontend/resources/';
      await notifyPage(scene.relay, shop, { page: pageID, channel: 'gpe.appendContent', data: { url: prefix + file } });
      await shop.locator(dialog).wait();
      await until('the ids are on the page', () => shop.evaluate((ids) => String([globalThis.visitID, globalThis.pageId]) === ids, String([visitID, pageID])));
      const popup = await popupOf(shop, () => click(shop, 'button', 'Start chat'));
      const query = new URL(popup.url()).search;
      assert.equal(query, `?gmsScenario=CHAT-NOW&visitID=${visitID}&visitId=${visitID}&pageID=${pageID}&pageId=${pageID}`);
      await noDialog(shop);
      await resultIs(scene.relay, visitID, 'accept');
    });
  }

  const chat = (shop) => visitor.windowIs(shop, 'open');
  for (const { what, file, says = 'Need help?', button = 'Start chat', then } of [
    { what: 'its words', file: 'words.html', says: /A tent\?\s+Ask us\.\s+Later\s+Ask/, button: 'Ask', then: chat },
    { what: 'its whole configuration', file: 'config.html', says: 'Leave your number', button: 'Ring me', then: (shop) => shop.locator('.cx-callback').wait() },
    { what: 'what it does, with other scripts of the page', file: 'bus.html', then: chat },
    { what: 'its dialog', file: 'own-dialog.html', says: '', button: 'Talk to us', then: chat },
  ]) {
    it(`is a copy that changes ${what}`, async () => {
      const shop = await shopOf(await scene.visitor());
      const { visitID } = await ids(shop);
      await notifyPage(scene.relay, shop, { channel: 'gpe.appendContent', data: { url: '/server/resources/' + file } });
      if (says) await shows(shop, dialog, says);
      await click(shop, 'button', button);
      await then(shop);
      await noDialog(shop);
      await resultIs(scene.relay, visitID, 'accept');
    });
  }

  it('opens a third party where a copy changes startChat alone', async () => {
    const shop = await shopOf(await scene.visitor());
    const { visitID } = await ids(shop);
    await notifyPage(scene.relay, shop, invitation({ type: 'chat' }, '/server/resources/startChat.html'));
    const { search, hash } = new URL((await popupOf(shop, () => click(shop, 'button', 'Start chat'))).url());
    assert.ok(search.startsWith('?gmsScenario=A%20%26%20B&visitID=' + visitID), search);
    assert.equal(hash, '#top');
    await resultIs(scene.relay, visitID, 'accept');
  });

  it('goes without a word when the visitor withdraws consent', async () => {
    const shop = await shopOf(await scene.visitor());
    await notifyPage(scene.relay, shop, invitation());
    await shop.locator(dialog).wait();
    await shop.evaluate(() => void globalThis._gt.push(['consent', false]));
    await noDialog(shop);
    await until('nothing is kept', () => shop.evaluate(() => localStorage.length === 0));
  });

  it('leaves room for its buttons on a phone, whatever it says', async () => {
    const shop = await (await scene.visitor()).visit(scene.relay.shop('shop-a'), { width: 390 });
    const long = 'Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen';
    await notifyPage(scene.relay, shop, invitation({ subject: long, message: `${long} `.repeat(40), acceptBtnCaption: 'Yes, I would like to talk now', cancelBtnCaption: long }));
    await shop.locator(dialog).wait();
    await shop.evaluate(() => Promise.allSettled(document.getAnimations().map((one) => one.finished))); // it stands still
    const [box, ...buttons] = await shop.$$eval(`${dialog}, ${dialog} .cx-btn`, (all) => all.map((one) => {
      const { left, right, top, bottom } = one.getBoundingClientRect();
      return { left, right, top, bottom };
    }));
    assert.ok(box.left >= 0 && box.right <= 390 && box.top >= 0, JSON.stringify(box));
    for (const one of buttons) assert.ok(one.left >= box.left && one.right <= box.right && one.bottom <= box.bottom, JSON.stringify({ one, box }));
    assert.deepEqual(await violations(shop, dialog), []);
    await picture(shop, 'invite-phone-long');
  });

  it('is rejected by its button, its cross and the Escape key', async () => {
    for (const reject of [
      (shop) => click(shop, 'button', 'No, thanks'),
      (shop) => shop.locator(`${dialog} [type~=close]`).click(),
      (shop) => shop.keyboard.press('Escape'),
    ]) {
      const shop = await shopOf(await scene.visitor());
      const { visitID } = await ids(shop);
      await notifyPage(scene.relay, shop, invitation());
      await shop.locator(dialog).wait();
      await reject(shop);
      await noDialog(shop);
      await resultIs(scene.relay, visitID, 'reject');
      await shop.close();
    }
  });

  it('goes when its time is over', async () => {
    const shop = await shopOf(await scene.visitor());
    const { visitID } = await ids(shop);
    // It may have gone again before a test that asks from outside has seen it.
    await shop.evaluate((selector) => {
      new MutationObserver(() => {
        globalThis.shown ||= /** @type {HTMLElement | null} */ (document.querySelector(selector))?.innerText.includes('May we call you?');
      }).observe(document, { childList: true, characterData: true, subtree: true });
    }, dialog);
    await notifyPage(scene.relay, shop, invitation({ type: 'callback', inviteTimeout: 1 }));
    await until('it is shown', () => shop.evaluate(() => globalThis.shown));
    await noDialog(shop);
    await resultIs(scene.relay, visitID, 'timeout');
  });

  it('is shown once in two tabs, and follows its visitor to the next page', async () => {
    const customer = await scene.visitor();
    const one = await shopOf(customer);
    const two = await shopOf(customer);
    await two.bringToFront();
    await notifyPage(scene.relay, two, invitation());
    await two.locator(dialog).wait();
    assert.equal(await one.$(dialog), null, 'one invitation at a time');
    const { visitID } = await ids(two);
    await two.goto((await visitor.linksOf(two))[0]);
    await two.locator(dialog).wait();
    await click(two, 'button', 'No, thanks');
    await resultIs(scene.relay, visitID, 'reject');
    await two.reload();
    await notifyPage(scene.relay, two, { channel: 'ping', data: {} }); // by which time it would be there
    assert.equal(await two.$(dialog), null);
  });

  it('does not disturb a chat', async () => {
    const shop = await shopOf(await scene.visitor());
    const { visitID } = await ids(shop);
    await visitor.openChat(shop);
    await notifyPage(scene.relay, shop, invitation());
    await resultIs(scene.relay, visitID, 'unknown');
    assert.equal(await shop.$(dialog), null);
  });

  it('speaks the language of the page on a phone, also from right to left', async () => {
    const shop = await (await scene.visitor()).tab({ width: 390 });
    await shop.evaluateOnNewDocument(() => (globalThis._genesys = { widgets: { main: { lang: 'ar' } } }));
    await shop.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
    await shop.goto(scene.relay.shop('shop-a'));
    await notifyPage(scene.relay, shop, invitation({ type: 'callback' }));
    await shows(shop, dialog, 'هل يمكننا الاتصال بك؟');
    assert.deepEqual(await violations(shop, dialog), []);
    await picture(shop, 'invite-phone-rtl-dark');
  });
});

describe('the callback form', () => {
  const scene = stage();
  const form = '.cx-widget.cx-callback';

  it('opens from an invitation and asks for a call', async () => {
    const shop = await (await scene.visitor()).visit(scene.relay.shop('shop-a'));
    await shop.evaluate(() => globalThis.CXBus.subscribe('CallbackService.scheduled', (e) => (globalThis.scheduled = e.data)));
    const { visitID } = await ids(shop);
    await notifyPage(scene.relay, shop, invitation({ type: 'callback' }));
    await shop.locator(dialog).wait();
    await click(shop, 'button', 'Call me back');
    await shop.locator(`${form} #cx_form_callback_phone_number`).wait();
    await resultIs(scene.relay, visitID, 'accept');
    await until('the first field has the focus', () => shop.evaluate(() => document.activeElement?.id === 'cx_form_callback_phone_number'));
    assert.deepEqual(await violations(shop, form), []);
    await picture(shop, 'callback-form');

    await click(shop, 'button', 'Call me back');
    await shows(shop, form, 'Please enter a phone number');
    await fill(shop, `${form} #cx_form_callback_phone_number`, '+44 20 7946 0018');
    await fill(shop, `${form} #cx_form_callback_firstname`, 'Ada');
    await shop.locator(`${form} input[name=desiredtime][value=later]`).click();
    await shop.locator(`${form} #cx_form_callback_time`).wait();
    await setTime(shop, -3600_000);
    await click(shop, 'button', 'Call me back');
    await shows(shop, form, 'Please choose a time from now on');
    assert.deepEqual(await violations(shop, form), []);
    const at = await setTime(shop, 26 * 3600_000);
    await picture(shop, 'callback-form-later');
    await click(shop, 'button', 'Call me back');
    await shows(shop, form, 'We will call you on');
    await until('the page hears of it', () => shop.evaluate((time) => globalThis.scheduled?.desiredTime === time, at));
    await picture(shop, 'callback-thanks');
    await shop.keyboard.press('Escape');
    await until('the form is gone', async () => !(await shop.$(form)));
  });

  it('says so when it is open already', async () => {
    const shop = await (await scene.visitor()).visit(scene.relay.shop('shop-a'));
    const run = (name, data) => shop.evaluate((n, d) => new Promise((resolve) => globalThis.CXBus.command(n, d).always(resolve)), name, data);
    await run('Callback.open', { form: { firstname: 'Ada', phonenumber: '123' } });
    await until('what the page knows is there', () => shop.$eval(`${form} #cx_form_callback_phone_number`, (e) => /** @type {any} */ (e).value === '123'));
    assert.equal(await run('Callback.open', {}), 'already opened');
    await run('Callback.close');
    assert.equal(await run('Callback.close'), 'already closed');
  });

  /** Puts a time so far from now into the field. @returns {Promise<number>} what that is */
  function setTime(page, ahead) {
    return page.$eval(`${form} #cx_form_callback_time`, (element, ms) => {
      const field = /** @type {HTMLInputElement} */ (element);
      const at = new Date(Math.floor((Date.now() + ms) / 60_000) * 60_000);
      field.value = new Date(+at - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
      field.dispatchEvent(new Event('change', { bubbles: true }));
      return +at;
    }, ahead);
  }
});

describe('the callback form of a company with opening hours', () => {
  // Open on the day after tomorrow, so that it is closed now.
  const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
  const opens = new Date(Date.now() + 48 * 3600_000);
  opens.setUTCHours(9, 0, 0, 0);
  const config = `
deployments:
  - name: demo
    features: {chat: true, callback: true, monitoring: true}
    hours: {time_zone: UTC, open: [{days: [${days[opens.getUTCDay()]}], from: "09:00", to: "10:30"}]}
`;
  const scene = stage({ config });
  const form = '.cx-widget.cx-callback';

  async function formOf() {
    const shop = await (await scene.visitor()).visit(scene.relay.shop('shop-a'));
    await shop.evaluate(() => globalThis.CXBus.subscribe('CallbackService.scheduled', (e) => (globalThis.scheduled = e.data)));
    await shop.evaluate(() => void globalThis.CXBus.command('Callback.open', { form: { phonenumber: '+44 20 7946 0018' } }));
    await shop.locator(form).wait();
    return shop;
  }
  const scheduledAt = (shop) => until('the page hears of it', () => shop.evaluate(() => globalThis.scheduled?.desiredTime));

  it('says when a call as soon as possible would come', async () => {
    const shop = await formOf();
    await shows(shop, form, 'As soon as we are open');
    await click(shop, 'button', 'Call me back');
    await shows(shop, form, 'We will call you on');
    assert.equal(await scheduledAt(shop), +opens);
  });

  it('offers the times at which somebody is there', async () => {
    const shop = await formOf();
    await shop.locator(`${form} input[name=desiredtime][value=later]`).click();
    await shop.locator(`${form} select[name=day]`).wait();
    const options = (name) => shop.$$eval(`${form} select[name=${name}] option`, (all) => all.map((one) => /** @type {HTMLOptionElement} */ (one).value));
    const offered = await options('day');
    assert.ok(offered.length > 10, 'weeks ahead');
    await shop.select(`${form} select[name=day]`, offered[1]);
    const times = (await options('time')).map(Number);
    const week = 7 * 24 * 3600_000;
    assert.deepEqual(times, [0, 30, 60].map((minutes) => +opens + week + minutes * 60_000));
    await shop.select(`${form} select[name=time]`, String(times[2]));
    assert.deepEqual(await violations(shop, form), []);
    await picture(shop, 'callback-form-hours');
    await click(shop, 'button', 'Call me back');
    await shows(shop, form, 'We will call you on');
    assert.equal(await scheduledAt(shop), times[2]);
  });
});

describe('a page with a strict policy', () => {
  // Under the name to which the demo's API key belongs.
  const scene = stage({ front: true, config: customersRelay.replace('name: customer', 'name: demo') });

  it('is invited without a violation', async () => {
    const policy = "default-src 'self'; script-src 'self' https://relay.test; style-src 'self' https://relay.test; " +
      "frame-src https://relay.test; require-trusted-types-for 'script'; trusted-types foyer";
    const head = '<script src="https://relay.test/foyer.js" crossorigin></script><script src="/page.js"></script>';
    const scripts = { '/page.js': "window.violations = []; document.addEventListener('securitypolicyviolation', (e) => window.violations.push(e.violatedDirective + ' ' + e.blockedURI))" };
    const shop = await (await scene.visitor()).visit(scene.front.page(home, { head, scripts, headers: { 'content-security-policy': policy } }));
    await notifyPage(scene.relay, shop, invitation());
    await shop.locator(dialog).wait();
    await click(shop, 'button', 'Start chat');
    await visitor.windowIs(shop, 'open');
    assert.deepEqual(await shop.evaluate(() => globalThis.violations), []);
  });
});

describe('notifications that the deployment allows', () => {
  const config = customersRelay.replace('name: customer', 'name: demo') +
    '    notifications: {hosts: ["https://shop.customer.test"], functions: ["shop"]}\n';
  const scene = stage({ front: true, config });

  it('bring content of other hosts, and call functions of the page', async () => {
    const head = '<script src="https://relay.test/foyer.js"></script>' +
      '<script>window.heard = []; window.shop = { offers: { show(...what) { heard.push(this === shop.offers, ...what); } } }</script>';
    const shop = await (await scene.visitor()).visit(scene.front.page(home, { head }));
    const headers = { 'access-control-allow-origin': '*' };
    scene.front.page('https://shop.customer.test/media.html', { headers, body: '<p id="media">Media</p><script>heard.push("ran")</script>' });
    await notifyPage(scene.relay, shop,
      { channel: 'gpe.appendContent', data: { url: 'https://shop.customer.test/media.html' } },
      { channel: 'gpe.callFunction', data: { object: 'shop.offers', functionName: 'show', args: ['tent', 2] } });
    await until('both are done', async () => (await shop.evaluate(() => globalThis.heard.length)) === 4);
    assert.deepEqual((await shop.evaluate(() => globalThis.heard)).sort(), [2, 'ran', 'tent', true].sort());
    await shop.locator('#media').wait();
  });
});

describe('an invitation of the page itself', () => {
  const scene = stage();

  it('runs a command when it is accepted', async () => {
    const shop = await (await scene.visitor()).visit(scene.relay.shop('shop-a'));
    const invite = (data) => shop.evaluate((d) => void globalThis.CXBus.command('Engage.invite', d).always((value) => (globalThis.answer = value)), data);
    const answered = (value) => until(value, () => shop.evaluate((wanted) => globalThis.answer === wanted, value));
    await invite({ title: 'A tent for two?', body: 'Ask us.', accept: 'Ask', decline: 'Not now', command: 'WebChat.open', timeout: 600 });
    await shows(shop, dialog, 'A tent for two?');
    assert.deepEqual(await violations(shop, dialog), []);
    await shop.focus(`${dialog} .cx-btn-primary`);
    await shop.keyboard.press('Escape');
    await answered('closed');
    await invite({ title: 'Once more', accept: 'Ask', command: 'WebChat.open' });
    await click(shop, 'button', 'Ask');
    await answered('accepted');
    await visitor.windowIs(shop, 'open');
    await invite({ title: 'While there is a chat' });
    await answered('Chat is already open. Ignoring invite command.');
  });
});

describe('other notifications', () => {
  const scene = stage({ resources });

  it('put content on the page, of hosts that are allowed', async () => {
    const shop = await (await scene.visitor()).visit(scene.relay.shop('shop-a'));
    const said = [];
    shop.on('console', (message) => said.push(message.text()));
    await notifyPage(scene.relay, shop,
      { channel: 'gpe.appendContent', data: { url: 'https://evil.example/content.html' } },
      { channel: 'gpe.appendContent', data: { url: '/native/v1/files/1' } },
      { channel: 'gpe.appendContent', data: { url: '/server/resources/news.html', method: 'GET', container: 'main' } });
    await shop.locator('main #news[title=Today]').wait();
    await until('the console says so', () => said.some((text) => text.includes('https://evil.example is not one of notifications.hosts')));
    await until('the console says that too', () => said.some((text) => text.includes('not at /native/v1/files/1')));
  });

  it('call functions that are allowed, and reach subscribers', async () => {
    const shop = await (await scene.visitor()).visit(scene.relay.shop('shop-a'));
    const said = [];
    shop.on('console', (message) => said.push(message.text()));
    await shop.evaluate(() => {
      globalThis.heard = [];
      globalThis.shop = { show: () => globalThis.heard.push('called') };
      globalThis._gt.push(['subscribe', 'offers', (data) => globalThis.heard.push(data.text)]);
    });
    await notifyPage(scene.relay, shop,
      { channel: 'gpe.callFunction', data: { object: 'shop', function: 'show', params: [] } },
      { channel: 'gpe.callFunction', data: { object: '_genesys.widgets.bus', function: 'command', params: ['WebChat.open', {}] } },
      { channel: 'offers', data: { text: 'ten per cent' } });
    await visitor.windowIs(shop, 'open');
    await until('the subscriber hears it', () => shop.evaluate(() => globalThis.heard.length > 0));
    assert.deepEqual(await shop.evaluate(() => globalThis.heard), ['ten per cent']);
    await until('the console says so', () => said.some((text) => text.includes('may not call shop.show')));
  });
});
