// Makes the page of a review answer to mouse and keys. It runs in the browser, as it stands here: no import, no build.
// Everything it knows it reads from the drawing and the tables that are in the page already.
(() => {
  /**
   * @typedef {object} Node One box of the graph.
   * @property {SVGAElement} element
   * @property {number} index
   * @property {number} column
   * @property {number | undefined} group
   * @property {number[]} members
   * @property {boolean} open Whether a group shows its members.
   * @property {boolean} shown Whether the filter lets it through.
   * @property {number} top
   */
  /** @typedef {{ element: SVGPathElement, from: number, to: number, kind: string }} Edge */

  /** @template {Element} T @param {string} id @returns {T} */
  const get = (id) => /** @type {any} */ (document.getElementById(id));
  const graph = /** @type {SVGSVGElement | null} */ (document.querySelector('#graph'));
  if (!graph) return;

  const size = Object.fromEntries(Object.entries(graph.dataset).map(([key, value]) => [key, Number(value)]));
  const { width = 0, height = 0, gapX = 0, gapY = 0, margin = 0, top = 0 } = size;
  /** @type {Map<number, Node>} */
  const nodes = new Map();
  for (const element of /** @type {NodeListOf<SVGAElement>} */ (graph.querySelectorAll('.node'))) {
    const { n, c, g } = element.dataset;
    const group = g === undefined ? undefined : Number(g);
    nodes.set(Number(n), { element, index: Number(n), column: Number(c), group, members: [], open: false, shown: true, top: 0 });
  }
  for (const node of nodes.values()) if (node.group !== undefined) nodes.get(node.group)?.members.push(node.index);
  /** @type {Edge[]} */
  const edges = [...graph.querySelectorAll('#edges path')].map((element) => {
    const { f, t, k = '' } = /** @type {SVGPathElement} */ (element).dataset;
    return { element: /** @type {SVGPathElement} */ (element), from: Number(f), to: Number(t), kind: k };
  });
  const next = neighbours('from', 'to');
  const before = neighbours('to', 'from');
  /** @type {Node | undefined} */
  let chosen;

  /** @param {'from' | 'to'} key @param {'from' | 'to'} value */
  function neighbours(key, value) {
    /** @type {Map<number, number[]>} */
    const found = new Map();
    for (const edge of edges) found.set(edge[key], [...(found.get(edge[key]) ?? []), edge[value]]);
    return found;
  }

  /** @param {number[]} start @param {Map<number, number[]>} step Where each leads, followed to the end. */
  function follow(start, step) {
    const seen = new Set(start);
    for (const index of seen) for (const other of step.get(index) ?? []) seen.add(other);
    return seen;
  }

  /** The box that stands for a node: itself, or its group while that is closed. @param {number} index */
  function standsFor(index) {
    const group = nodes.get(index)?.group;
    return group !== undefined && !nodes.get(group)?.open ? group : index;
  }

  /** @param {Node} node */
  function visible(node) {
    if (node.members.length > 0) return !node.open && node.members.some((member) => nodes.get(member)?.shown);
    return node.shown && standsFor(node.index) === node.index;
  }

  /** Places what is visible: each box as near as it can to the middle of what leads to it. */
  function place() {
    const step = height + gapY;
    const all = [...nodes.values()].sort((a, b) => a.index - b.index);
    const columns = [...new Set(all.map(({ column }) => column))].sort((a, b) => a - b);
    const shown = columns.map((column) => all.filter((node) => node.column === column && visible(node)));
    const room = Math.max(1, ...shown.map(({ length }) => length)) * step;
    const placed = new Set();
    for (const column of shown) {
      const far = placed.size === 0 ? 0 : Number.MAX_SAFE_INTEGER;
      const wanted = column.map((node) => {
        const from = edges
          .filter((edge) => standsFor(edge.to) === node.index && placed.has(standsFor(edge.from)))
          .map((edge) => nodes.get(standsFor(edge.from))?.top ?? 0);
        return { node, top: from.length > 0 ? from.reduce((sum, one) => sum + one, 0) / from.length : far };
      });
      wanted.sort((a, b) => a.top - b.top || a.node.index - b.node.index);
      spread(wanted, room, step);
      for (const { node } of wanted) placed.add(node.index);
    }
    graph?.setAttribute('viewBox', `0 0 ${graph.getAttribute('width')} ${top + room}`);
    graph?.setAttribute('height', `${top + room}`);
    for (const node of all) {
      node.element.classList.toggle('off', !visible(node));
      node.element.setAttribute('transform', `translate(${left(node)} ${node.top})`);
    }
    drawLines();
    get('fold').toggleAttribute('hidden', !all.some(({ open }) => open));
  }

  /** @param {{ node: Node, top: number }[]} wanted @param {number} room @param {number} step */
  function spread(wanted, room, step) {
    let last = -step;
    const tops = wanted.map((one) => {
      last = Math.max(Math.min(one.top - top, room), last + step);
      return last;
    });
    let limit = room;
    for (let at = tops.length - 1; at >= 0; at -= 1) {
      limit = Math.min(tops[at] ?? 0, limit - step);
      const node = wanted[at]?.node;
      if (node) node.top = top + Math.max(Math.round(limit), 0);
    }
  }

  /** @param {{ column: number }} node */
  function left(node) {
    return margin + node.column * (width + gapX);
  }

  function drawLines() {
    /** @type {Map<string, Edge>} */
    const drawn = new Map();
    for (const edge of edges) {
      const [from, to] = [nodes.get(standsFor(edge.from)), nodes.get(standsFor(edge.to))];
      if (from && to && from !== to && visible(from) && visible(to)) {
        const key = `${from.index} ${to.index} ${edge.kind}`;
        drawn.get(key)?.element.classList.add('off');
        drawn.set(key, edge);
      } else edge.element.classList.add('off');
    }
    /** @type {Map<string, number>} */
    const pairs = new Map();
    for (const [key, { element, from, to }] of drawn) {
      const pair = key.slice(0, key.lastIndexOf(' '));
      const shift = pairs.get(pair) ?? 0;
      pairs.set(pair, shift + 1);
      element.classList.remove('off');
      element.setAttribute('d', curve(nodes.get(standsFor(from)), nodes.get(standsFor(to)), shift));
    }
    graph?.classList.toggle('dense', drawn.size > 80);
  }

  /** @param {Node | undefined} from @param {Node | undefined} to @param {number} shift */
  function curve(from, to, shift) {
    if (!from || !to) return '';
    const [a, b] = [from.top + height / 2 + shift * 7, to.top + height / 2 + shift * 7];
    if (from.column === to.column) {
      const x = from.column === 0 ? left(from) : left(from) + width;
      const out = x + (from.column === 0 ? -1 : 1) * Math.min(44, 18 + Math.abs(b - a) / 12);
      return `M${x} ${a}C${out} ${a} ${out} ${b} ${x} ${b}`;
    }
    const forward = to.column > from.column;
    const start = forward ? left(from) + width : left(from);
    const end = forward ? left(to) : left(to) + width;
    const bend = (end - start) / 2;
    return `M${start} ${a}C${start + bend} ${a} ${end - bend} ${b} ${end} ${b}`;
  }

  /** Marks what a node reaches; for what is reached, who reaches it. */
  function highlight() {
    graph?.classList.toggle('picked', chosen !== undefined);
    const start = chosen ? (chosen.members.length > 0 ? chosen.members : [chosen.index]) : [];
    const forward = chosen?.element.dataset.kind === 'agent' || chosen?.element.dataset.kind === 'principal' || chosen?.column === 0;
    const on = follow(start, forward ? next : before);
    const boxes = new Set([...on].map(standsFor));
    for (const node of nodes.values()) {
      node.element.classList.toggle('on', boxes.has(node.index));
      node.element.classList.toggle('chosen', node === chosen);
    }
    for (const { element, from, to } of edges) element.classList.toggle('on', on.has(from) && on.has(to));
  }

  const panel = get('panel');
  const title = /** @type {HTMLElement} */ (get('panel-title'));

  /** @param {Node} node */
  function choose(node) {
    if (node.members.length > 0) return toggle(node);
    const { name = '', kind = '', type = '', cloud = '', id = '' } = node.element.dataset;
    chosen = node;
    title.textContent = name;
    const section = document.querySelector(`#s${node.index} > .body`);
    get('panel-where').textContent = [cloud, type, ...(section || id === name ? [] : [id])].join(' · ');
    const body = section ? [...section.cloneNode(true).childNodes] : [];
    if (!section) body.push(...describe(node, kind));
    get('panel-body').replaceChildren(...body);
    panel.toggleAttribute('hidden', false);
    panel.parentElement?.classList.add('beside');
    panel.scrollTop = 0;
    highlight();
    title.focus({ preventScroll: window.innerWidth > 1000 });
    node.element.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  /** What is said of a box that was not reviewed itself. @param {Node} node @param {string} kind */
  function describe(node, kind) {
    const reach =
      kind === 'principal'
        ? [
            heading('Can reach'),
            links(
              edges.filter(({ from }) => from === node.index),
              'to',
            ),
          ]
        : [];
    const into = edges.filter(({ to }) => to === node.index);
    const direct = new Set(into.map(({ from }) => from));
    const further = [...follow([node.index], before)].filter(
      (index) => index !== node.index && !direct.has(index) && nodes.get(index)?.column === 0,
    );
    const through =
      further.length > 0
        ? [
            heading('Reached through others by'),
            links(
              further.map((from) => ({ from, to: 0, kind: '' })),
              'from',
            ),
          ]
        : [];
    return [heading('Reached by'), links(into, 'from'), ...through, ...reach];
  }

  /** @param {string} text */
  function heading(text) {
    const element = document.createElement('h4');
    element.textContent = text;
    return element;
  }

  /** @param {{ from: number, to: number, kind: string }[]} list @param {'from' | 'to'} end */
  function links(list, end) {
    const element = document.createElement('ul');
    element.className = 'links';
    for (const edge of list) {
      const node = nodes.get(edge[end]);
      if (!node) continue;
      const item = document.createElement('li');
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = node.element.dataset.name ?? '';
      button.addEventListener('click', () => reveal(node));
      const how = document.createElement('span');
      how.className = 'how';
      how.textContent = edge.kind ? ` ${edge.kind.replaceAll('-', ' ')}` : '';
      item.append(button, how);
      element.append(item);
    }
    return element;
  }

  /** Opens a node's group, if it is in one, and chooses it. @param {Node} node */
  function reveal(node) {
    const group = node.group === undefined ? undefined : nodes.get(node.group);
    if (group && !group.open) toggle(group);
    choose(node);
  }

  function close() {
    if (!chosen) return;
    const { element } = chosen;
    chosen = undefined;
    panel.toggleAttribute('hidden', true);
    panel.parentElement?.classList.remove('beside');
    highlight();
    focus(element);
  }

  /** Opens a group in place; the first member then closes it again. @param {Node} group */
  function toggle(group) {
    group.open = !group.open;
    group.element.setAttribute('aria-expanded', `${group.open}`);
    place();
    highlight();
    const first = group.open ? nodes.get(group.members.find((member) => nodes.get(member)?.shown) ?? -1) : group;
    if (first) focus(first.element);
  }

  get('close').addEventListener('click', close);
  get('fold').addEventListener('click', () => {
    for (const group of nodes.values()) if (group.open) toggle(group);
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    const group = nodes.get(nodes.get(Number(/** @type {any} */ (document.activeElement)?.dataset?.n))?.group ?? -1);
    if (chosen) close();
    else if (group?.open) toggle(group);
  });

  /** Only one box is a stop of the tab key; arrows move on from there. @param {SVGAElement} element */
  function focus(element) {
    for (const node of nodes.values()) node.element.setAttribute('tabindex', node.element === element ? '0' : '-1');
    element.focus();
  }

  graph.addEventListener('click', (event) => {
    const node = nodeOf(event);
    if (!node || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    choose(node);
  });
  graph.addEventListener('keydown', (event) => {
    const node = nodeOf(event);
    if (!node || event.altKey || event.ctrlKey || event.metaKey) return;
    const to = event.key === ' ' ? undefined : target(node, event.key);
    if (event.key === ' ') choose(node);
    else if (to) focus(to.element);
    else return;
    event.preventDefault();
  });

  /** @param {Event} event */
  function nodeOf(event) {
    const element = /** @type {Element} */ (event.target).closest('.node');
    return element ? nodes.get(Number(/** @type {SVGAElement} */ (element).dataset.n)) : undefined;
  }

  /** Up and down stay in the column; left and right follow a line where there is one. @param {Node} node @param {string} key */
  function target(node, key) {
    const seen = [...nodes.values()].filter(visible);
    const column = seen.filter((one) => one.column === node.column).sort((a, b) => a.top - b.top);
    const at = column.indexOf(node);
    if (key === 'ArrowDown') return column[at + 1];
    if (key === 'ArrowUp') return column[at - 1];
    if (key === 'Home') return column[0];
    if (key === 'End') return column.at(-1);
    if (key !== 'ArrowRight' && key !== 'ArrowLeft') return undefined;
    const aside = seen.filter((one) => (key === 'ArrowRight' ? one.column > node.column : one.column < node.column));
    const mine = node.members.length > 0 ? node.members : [node.index];
    const linked = new Set(mine.flatMap((index) => [...(next.get(index) ?? []), ...(before.get(index) ?? [])]).map(standsFor));
    const away = (/** @type {Node} */ one) => Math.abs(one.column - node.column) * 1e6 + Math.abs(one.top - node.top);
    const near = aside.sort((a, b) => away(a) - away(b));
    return near.find((one) => linked.has(one.index)) ?? near[0];
  }

  const find = /** @type {HTMLInputElement} */ (get('find'));
  const cloud = /** @type {HTMLSelectElement} */ (get('cloud'));
  const harm = /** @type {HTMLSelectElement} */ (get('harm'));
  const wrong = /** @type {HTMLInputElement} */ (get('wrong'));
  /** Fewer than this many left by a filter, and groups open by themselves. */
  const FEW = 60;

  function filter() {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const active = words.length > 0 || cloud.value !== '' || harm.value !== '' || wrong.checked;
    const reviewed = [...nodes.values()].filter((node) => node.column === 0 && node.members.length === 0);
    const kept = new Set(reviewed.filter((node) => passes(node, words)).map(({ index }) => index));
    const reached = active ? follow([...kept], next) : new Set(nodes.keys());
    for (const node of nodes.values()) node.shown = active ? reached.has(node.index) : true;
    for (const group of nodes.values()) {
      if (group.members.length === 0) continue;
      group.open = active && reached.size <= FEW;
      group.element.setAttribute('aria-expanded', `${group.open}`);
      label(group);
    }
    if (chosen && !chosen.shown) close();
    for (const row of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-p],[data-r]'))) {
      const { p, r } = row.dataset;
      row.classList.toggle('out', p === undefined ? !reached.has(Number(r)) : !kept.has(Number(p)));
    }
    get('count').textContent = active ? `${kept.size} of ${reviewed.length} match` : '';
    place();
    highlight();
    stop();
  }

  /** Says on a group how many of its members the filter left. @param {Node} group */
  function label(group) {
    const name = group.element.dataset.name ?? '';
    const left = group.members.filter((member) => nodes.get(member)?.shown).length;
    const text = group.element.querySelector('.name');
    if (text) text.textContent = left === group.members.length ? name : `${left} of ${name}`;
  }

  /** @param {Node} node @param {string[]} words */
  function passes(node, words) {
    const data = node.element.dataset;
    if (cloud.value !== '' && data.cloud !== cloud.value) return false;
    if (harm.value !== '' && !(data.harms ?? '').split(' ').includes(harm.value)) return false;
    if (wrong.checked && !node.element.classList.contains('a-wrong')) return false;
    if (words.length === 0) return true;
    const text = [...follow([node.index], next)].map((index) => nodes.get(index)?.element.dataset.find ?? '').join(' ');
    return words.every((word) => text.includes(word));
  }

  /** Keeps one visible box a stop of the tab key. */
  function stop() {
    const seen = [...nodes.values()].filter(visible).sort((a, b) => a.column - b.column || a.top - b.top);
    const current = seen.find((node) => node.element.getAttribute('tabindex') === '0') ?? seen[0];
    for (const node of nodes.values()) node.element.setAttribute('tabindex', node === current ? '0' : '-1');
  }

  const form = get('filter');
  form.addEventListener('input', filter);
  form.addEventListener('submit', (event) => event.preventDefault());
  for (const part of [form, document.querySelector('.keys')]) part?.toggleAttribute('hidden', false);
  graph.setAttribute('aria-describedby', 'graph-help');
  for (const { element } of nodes.values()) element.setAttribute('role', 'button');
  filter();
})();
