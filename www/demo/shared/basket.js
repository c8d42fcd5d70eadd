// The basket of the demo shops: what a shop's own script would do, with the tracker's commands beside it.
(() => {
  window._gt = window._gt || [];
  const key = 'basket';
  const read = () => JSON.parse(localStorage.getItem(key) || '[]');
  const count = () => read().reduce((sum, item) => sum + item.n, 0);

  function write(items) {
    localStorage.setItem(key, JSON.stringify(items));
    show();
  }

  function show() {
    for (const badge of document.querySelectorAll('[data-basket-count]')) badge.textContent = count() || '';
    const list = document.querySelector('[data-basket]');
    if (list) showList(list);
  }

  function showList(list) {
    const items = read();
    list.replaceChildren(...items.map(row));
    const total = items.reduce((sum, item) => sum + item.n * item.price, 0);
    document.querySelector('[data-basket-total]').textContent = '€ ' + total.toFixed(2);
    document.querySelector('[data-basket-empty]').hidden = items.length > 0;
    document.querySelector('[data-basket-full]').hidden = items.length === 0;
  }

  function row(item) {
    const line = document.createElement('li');
    const name = document.createElement('a');
    name.href = item.url;
    name.textContent = item.name;
    const price = document.createElement('span');
    price.textContent = item.n + ' × € ' + item.price.toFixed(2);
    const remove = document.createElement('button');
    remove.type = 'button';
    remove.textContent = 'Remove';
    remove.setAttribute('aria-label', 'Remove ' + item.name);
    remove.addEventListener('click', () => {
      write(read().filter((other) => other.name !== item.name));
      _gt.push(['event', 'RemoveFromCart', { data: { productName: item.name } }]);
    });
    line.append(name, price, remove);
    return line;
  }

  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-add]');
    if (!button) return;
    const { name, price } = button.dataset;
    const items = read();
    const known = items.find((item) => item.name === name);
    if (known) known.n++;
    else items.push({ name, price: Number(price), n: 1, url: location.pathname });
    write(items);
    button.textContent = 'In your basket';
    _gt.push(['event', 'AddToCart', { data: { productName: name, price: Number(price) } }]);
  });

  show();
})();
