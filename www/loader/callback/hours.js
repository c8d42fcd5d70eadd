// Opening hours as the form offers them: the times that a visitor may choose, in the visitor's own time zone. Which of them
// are good is the relay's to say (relay/hours); this keeps visitors from asking in vain.

/** Between two times that are offered, minutes. */
const step = 30;
/** How many days with times are offered, and how far ahead they are looked for. */
const [mostDays, farthest] = [14, 90];

/**
 * The times at which a call can be asked for, Unix ms, the earliest first.
 * @param {Hours} hours @param {number} now Unix ms
 */
export function possibleTimes({ zone, open }, now) {
  const { year, month, day } = wall(zone, now);
  /** @type {number[]} */
  const times = [];
  for (let ahead = 0, days = 0; ahead < farthest && days < mostDays; ahead++) {
    const date = Date.UTC(year, month - 1, day + ahead);
    const before = times.length;
    for (const { day: weekday, from, to } of open) {
      if (weekday !== new Date(date).getUTCDay()) continue;
      for (let minute = from; minute < to; minute += step) {
        const at = instant(zone, date + minute * 60000);
        if (at > now && isOpen({ zone, open }, at)) times.push(at);
      }
    }
    if (times.length > before) days++;
  }
  return times;
}

/** @param {Hours} hours @param {number} ms */
export function isOpen({ zone, open }, ms) {
  const { year, month, day, hour, minute } = wall(zone, ms);
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  const now = hour * 60 + minute;
  return open.some((span) => span.day === weekday && span.from <= now && now < span.to);
}

/** What clocks on the walls of a zone show. @param {string} zone @param {number} ms @returns {Record<string, number>} */
function wall(zone, ms) {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric',
  });
  return Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
}

/** When the clocks of a zone show what those of UTC show at a time. @param {string} zone @param {number} utc */
function instant(zone, utc) {
  const offset = (/** @type {number} */ ms) => {
    const { year, month, day, hour, minute } = wall(zone, ms);
    return Date.UTC(year, month - 1, day, hour, minute) - ms;
  };
  // The offset at that time, found from one that is less than a day off.
  return utc - offset(utc - offset(utc));
}
