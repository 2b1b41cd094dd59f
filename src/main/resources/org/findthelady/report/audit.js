'use strict';
(() => {
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const svgSpace = 'http://www.w3.org/2000/svg';
  const details = JSON.parse(one('#data').textContent);
  const table = one('#models');
  const changedOnly = one('#changed');

  /** An element with attributes and children; strings become text, never markup. */
  function h(tag, attributes, ...children) {
    const drawn = ['svg', 'rect', 'title'].includes(tag);
    const element = drawn ? document.createElementNS(svgSpace, tag) : document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  function grid(heads, rows) {
    const numeric = heads.map(head => head.startsWith('#'));
    return h('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': heads.map(t => t.replace('#', '')).join(', ') },
      h('table', {},
        h('thead', {}, h('tr', {}, ...heads.map((head, i) => h('th', { scope: 'col', class: numeric[i] ? 'num' : '' }, head.replace('#', ''))))),
        h('tbody', {}, ...rows.map(row => h('tr', {}, ...row.map((cell, i) => h('td', { class: numeric[i] ? 'num' : '' }, cell)))))));
  }

  /** One cell a sample, coloured by where in the suspect the reference's neuron was found. */
  function strip(text, name) {
    const digits = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_';
    const svg = h('svg', { class: 'strip', viewBox: `0 0 ${text.length} 1`, preserveAspectRatio: 'none', role: 'img', 'aria-label': 'Order of ' + name });
    [...text].forEach((letter, i) => {
      const at = digits.indexOf(letter) / 63;
      svg.append(h('rect', { x: i, width: 1.02, height: 1, fill: at < 0 ? 'none' : `hsl(${220 + 180 * at} 65% ${32 + 42 * at}%)` }));
    });
    return svg;
  }

  function chart(counts, title, from, to) {
    const most = Math.max(...counts, 1);
    const svg = h('svg', { viewBox: `0 0 ${counts.length * 10} 60`, preserveAspectRatio: 'none', role: 'img', 'aria-label': `${title}: ${counts.join(', ')} from ${from} to ${to}` });
    counts.forEach((count, i) => {
      const height = count ? Math.max(1.5, 58 * count / most) : 0;
      svg.append(h('rect', { x: i * 10 + 1, y: 60 - height, width: 8, height }, h('title', {}, String(count))));
    });
    return h('figure', { class: 'chart' }, h('figcaption', {}, `${title}, at most ${most.toLocaleString('en')} in a bar`), svg,
      h('div', { class: 'ends' }, h('span', {}, from), h('span', {}, to)));
  }

  function heat(layers) {
    const levels = ['equal', 'changed by less than 0.1 %', '0.1 to 1 %', '1 to 10 %', '10 to 100 %', '100 % or more'];
    return [
      h('ul', { class: 'heat', 'aria-label': 'Tensors by how much they changed' }, ...layers.map(layer => {
        const words = layer[0] + ': ' + (layer[3] ? levels[layer[3]] + ', difference ' + layer[6] : 'equal');
        return h('li', { class: 'h' + layer[3], title: words }, h('span', { class: 'unseen' }, words));
      })),
      h('div', { class: 'key', 'aria-hidden': 'true' }, ...levels.map((level, i) => h('span', {}, h('i', { class: 'h' + i }), level)))];
  }

  function drawn(detail) {
    const only = changedOnly.checked;
    const inner = h('div', { class: 'inner' });
    inner.append(h('dl', { class: 'facts' }, ...detail.facts.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)])));
    const part = (title, ...content) => inner.append(h('h3', {}, title), ...content);
    const rest = (count, file) => count ? [h('p', { class: 'soft' }, `${count.toLocaleString('en')} more are in `, h('a', { href: file }, file), '.')] : [];
    if (detail.findings.length) {
      part('Findings by place', grid(['Tensor', 'Finding', 'Neuron', '#Size'], detail.findings), ...rest(detail.more[0], 'findings.jsonl.gz'));
    }
    if (detail.layers.length) {
      const equal = detail.layers.filter(layer => !layer[3]).length;
      part(`Tensors in the reference's order: ${equal.toLocaleString('en')} of ${detail.layers.length.toLocaleString('en')} are equal`, ...heat(detail.layers));
      const rows = detail.layers.filter(layer => !only || layer[3])
        .map(l => [l[0], l[1], l[2], l[3] ? 'differ' : 'equal', l[9], l[4], l[5], l[6], l[7], l[8]].map(cell => cell === undefined ? '' : cell));
      if (rows.length) inner.append(grid(['Tensor', 'Type', 'Shape', 'Bytes', 'What was done', '#Cosine', '#Norm ratio', '#Difference', '#Zeros', '#Distinct values'], rows));
      inner.append(...rest(detail.more[1], 'layers.jsonl.gz'));
    }
    if (detail.groups.length) {
      const heads = ['Group', 'Tensors', 'Where the neurons came from', '#Neurons', '#Moved', '#Unclear', '#Any order', '#Scaled or flipped', '#Certified', '#Smallest margin'];
      if (detail.scored) heads.push('#Psi, %');
      const rows = detail.groups.filter(group => !only || group[10])
        .map(g => [g[0], g[1], g[2] ? strip(g[2], g[0]) : '', ...g.slice(3, 10), ...(detail.scored ? [g[11]] : [])]);
      part('Groups of neurons that move together', ...(rows.length ? [grid(heads, rows)] : [h('p', { class: 'soft' }, `All ${detail.groups.length} groups are as in the reference.`)]), ...rest(detail.more[2], 'groups.jsonl.gz'));
      inner.append(h('p', { class: 'soft' }, 'A strip has a cell for each neuron in the reference\'s order, or for 64 of them. Its colour says where in the suspect the neuron was found: an even gradient is the same order.'));
      if (detail.cosines.length) {
        part('Neurons by how well they fit', h('div', { class: 'charts' }, chart(detail.cosines, 'Cosine with the match', '-1', '1'), chart(detail.margins, 'Margin to the second best', '-0.5', '1.5')));
      }
    }
    if (detail.neurons.length) {
      part('Neurons with findings', grid(['Group', '#Neuron', '#Found at', 'Finding', '#Cosine', '#Margin', '#Norm ratio'], detail.neurons), ...rest(detail.more[3], 'neurons.jsonl.gz'));
    }
    return inner;
  }

  function show(body, open) {
    const button = one('button', body);
    if (!button) return;
    const old = one('.more', body);
    if (old) old.remove();
    button.setAttribute('aria-expanded', String(open));
    if (open) body.append(h('tr', { class: 'more' }, h('td', { colspan: table.tHead.rows[0].cells.length }, drawn(details[body.id]))));
  }

  // The time of this file: in it, it would make the pages of equal runs differ. A server that does
  // not tell it makes the browser say now.
  const written = new Date(document.lastModified);
  if (location.protocol === 'file:' || Date.now() - written > 10000) {
    one('#written').textContent = `${written.toISOString().slice(0, 16).replace('T', ' ')} UTC, the time of this file; timing.json has that of the run`;
    all('.written').forEach(part => { part.hidden = false; });
  }

  if (!table) {
    const draw = () => one('#only').replaceChildren(drawn(details.m0));
    changedOnly.addEventListener('change', draw);
    draw();
    return;
  }

  const bodies = [...table.tBodies];
  const nameOf = body => one('th', body).textContent;
  const byName = new Map(bodies.map(body => [nameOf(body), body]));
  const texts = new Map(bodies.map(body => [body, body.textContent.toLowerCase()]));
  const chips = all('button.chip');
  const search = one('#search');
  const reference = one('#reference');
  const sort = one('#sort');
  const heads = all('thead button', table);

  function filter() {
    const verdicts = new Set(chips.filter(chip => chip.getAttribute('aria-pressed') === 'true').map(chip => chip.value));
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const body of bodies) {
      const fits = (!verdicts.size || verdicts.has(body.dataset.v)) && (!reference || !reference.value || one('.reference', body).textContent === reference.value)
        && words.every(word => texts.get(body).includes(word));
      body.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    one('#shown').textContent = `${shown.toLocaleString('en')} of ${bodies.length.toLocaleString('en')} models`;
  }

  function order(column, down) {
    heads.forEach(head => head.parentElement.removeAttribute('aria-sort'));
    const head = heads.find(head => head.value === column);
    if (head) head.parentElement.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    const at = head ? head.parentElement.cellIndex : -1;
    const number = head && head.parentElement.classList.contains('num');
    const key = body => {
      const cell = body.rows[0].cells[at];
      return number ? Number(cell.dataset.n ?? NaN) : cell.textContent.toLowerCase();
    };
    const gravity = (a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1));
    const compare = (a, b) => {
      if (column === 'gravity' || column === 'verdict') return down ? gravity(b, a) : gravity(a, b);
      const x = key(a), y = key(b);
      if (number && (Number.isNaN(x) || Number.isNaN(y))) return Number.isNaN(x) - Number.isNaN(y) || gravity(a, b);
      return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1) || gravity(a, b);
    };
    table.append(...[...bodies].sort(compare));
    sort.value = column;
  }

  function follow() {
    const match = /^#model=(.*)$/.exec(location.hash);
    if (!match) return;
    let name = match[1];
    try { name = decodeURIComponent(name); } catch { /* it is used as it stands */ }
    const body = byName.get(name);
    if (body) {
      body.hidden = false;
      show(body, true);
      body.scrollIntoView();
      one('button, a', body).focus({ preventScroll: true });
    } else {
      one('#shown').textContent = `No model "${name}" on this page`;
    }
  }

  table.addEventListener('click', event => {
    const body = event.target.closest('tbody');
    if (body && event.target.closest('th > button')) {
      const open = one('button', body).getAttribute('aria-expanded') !== 'true';
      show(body, open);
      if (open) history.replaceState(null, '', '#model=' + encodeURIComponent(nameOf(body)));
    }
  });
  chips.forEach(chip => chip.addEventListener('click', () => {
    chip.setAttribute('aria-pressed', String(chip.getAttribute('aria-pressed') !== 'true'));
    filter();
  }));
  heads.forEach(head => head.addEventListener('click', () => {
    const sorted = head.parentElement.getAttribute('aria-sort');
    order(head.value, sorted ? sorted === 'ascending' : head.parentElement.classList.contains('num'));
  }));
  sort.addEventListener('change', () => order(sort.value, heads.some(head => head.value === sort.value && head.parentElement.classList.contains('num'))));
  search.addEventListener('input', filter);
  if (reference) reference.addEventListener('change', filter);
  changedOnly.addEventListener('change', () => all('button[aria-expanded=true]', table).forEach(button => show(button.closest('tbody'), true)));
  window.addEventListener('hashchange', follow);
  document.addEventListener('keydown', event => {
    const typing = event.target.matches('input, select');
    if (event.key === 'Escape' && event.target === search) { search.value = ''; filter(); search.blur(); }
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '/') { event.preventDefault(); search.focus(); }
    if (event.key === 'j' || event.key === 'k') {
      const seen = [...table.tBodies].filter(body => !body.hidden);
      const now = seen.indexOf(document.activeElement.closest('tbody'));
      const next = seen[event.key === 'j' ? now + 1 : Math.max(0, now - 1)];
      if (next) one('button, a', next).focus();
    }
  });
  filter();
  follow();
})();
