/** The script of the page: it makes the list from the data, as text, and filters it. A row's panel is made when it is opened. */
export const SCRIPT = String.raw`
'use strict';
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const make = (name, props, ...children) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(props || {}))
      if (key === 'class') node.className = value; else if (key in node) node[key] = value; else node.setAttribute(key, value);
    node.append(...children.filter((child) => child !== undefined && child !== ''));
    return node;
  };
  const shown = (value) => value === undefined || value === null ? String(value === null ? 'null' : '(absent)') : typeof value === 'string' ? JSON.stringify(value) : JSON.stringify(value);
  const tree = (value) => {
    if (typeof value !== 'object' || value === null) return make('code', {}, shown(value));
    const entries = Object.entries(value);
    if (entries.length === 0) return make('code', {}, Array.isArray(value) ? '[]' : '{}');
    return make('ul', {}, ...entries.map(([key, inner]) => make('li', {}, make('code', {}, key + ': '), tree(inner))));
  };
  const words = (parts, isBase) => {
    const box = make('p', { class: 'text' });
    for (const [kind, text] of parts)
      if (kind === 0) box.append(text);
      else if ((kind < 0) === isBase) box.append(make(kind < 0 ? 'del' : 'ins', {}, text));
    return box;
  };
  const [baseName, headName] = data.sides || ['base', 'head'];
  const sideOf = (isBase, choice, parts) => {
    const name = isBase ? baseName : headName;
    const box = make('section', { class: 'side', 'aria-label': name }, make('h3', {}, name));
    if (!choice) { box.append(make('p', { class: 'dim' }, 'no answer')); return box; }
    box.append(make('p', { class: 'dim' }, 'finish: ' + shown(choice.finish) + (choice.truncated ? ', cut off' : '')));
    if (choice.refusal) box.append(make('p', {}, 'refusal: ' + choice.refusal));
    if (parts) box.append(words(parts, isBase)); else if (choice.text) box.append(make('p', { class: 'text' }, choice.text));
    for (const call of choice.tool_calls)
      box.append(make('div', { class: 'tree' }, make('strong', {}, 'calls ' + call.name), tree(call.arguments)));
    return box;
  };
  const panel = (row) => {
    const box = make('div', { class: 'panel' });
    if (row.reason) box.append(make('p', {}, row.reason));
    if (row.changes.length) box.append(make('h2', {}, 'What changed'), make('ul', { class: 'changes' }, ...row.changes.map((change) =>
      make('li', { class: 'change' }, make('span', { class: 'verdict ' + change.verdict }, change.verdict), ' ' + change.axis + ' ', make('code', {}, change.path), ': ',
        make('code', {}, shown(change.before)), ' → ', make('code', {}, shown(change.after)),
        change.accepted ? ' (accepted ' + change.accepted.date + ': ' + change.accepted.reason + ')' : ''))));
    if (row.notes.length) box.append(make('p', { class: 'dim' }, row.notes.join(', ')));
    (row.choices || []).forEach(({ base, head, words: parts }, at) => {
      box.append(make('h2', {}, row.choices.length > 1 ? 'Answer ' + (at + 1) : 'Answers'),
        make('div', { class: 'sides' }, sideOf(true, base, parts), sideOf(false, head, parts)));
    });
    for (const { role, text, reasoning, calls, note } of row.turns || [])
      box.append(make('section', { class: 'side turn', 'aria-label': role }, make('h3', {}, role + (note ? ' (' + note + ')' : '')),
        reasoning ? make('p', { class: 'text dim' }, reasoning) : '', text ? make('p', { class: 'text' }, text) : '',
        ...calls.map((call) => make('div', { class: 'tree' }, make('strong', {}, 'calls ' + call.name), tree(call.arguments)))));
    for (const [name, error] of row.errors || []) box.append(make('p', {}, name + ' failed: ' + error));
    return box;
  };
  const list = document.getElementById('rows');
  const items = data.rows.map((row) => {
    const summary = make('summary', {}, make('span', { class: 'verdict ' + row.verdict.split(' ')[0] }, row.verdict), ' ' + row.place + ' ', make('span', { class: 'dim' }, row.title + (row.model ? ' · ' + row.model : '')));
    const details = make('details', {}, summary);
    details.addEventListener('toggle', () => { if (details.open && details.childElementCount === 1) details.append(panel(row)); });
    const item = make('li', { class: 'row' }, details);
    return { row, item, text: (row.place + ' ' + row.title + ' ' + row.model + ' ' + row.find).toLowerCase() };
  });
  list.append(...items.map(({ item }) => item));
  const form = document.getElementById('filters');
  const count = (key) => { const found = new Map(); for (const row of data.rows) if (row[key]) found.set(row[key], (found.get(row[key]) || 0) + 1); return found; };
  const boxes = [...count('verdict')].map(([verdict, n]) => make('label', {}, make('input', { type: 'checkbox', name: 'verdict', value: verdict, checked: true }), verdict + ' (' + n + ')'));
  form.append(make('fieldset', {}, make('legend', {}, 'Verdict'), ...boxes));
  for (const [key, label] of [['model', 'Model'], ['category', 'Category'], ['cassette', 'Cassette']]) {
    const values = [...count(key)].sort(([a], [b]) => a < b ? -1 : 1);
    if (values.length < 2) continue;
    form.append(make('label', {}, label, make('select', { name: key }, make('option', { value: '' }, 'all'), ...values.map(([value, n]) => make('option', { value }, value + ' (' + n + ')')))));
  }
  form.append(make('label', {}, 'Search', make('input', { type: 'search', name: 'search' })));
  const status = document.getElementById('shown');
  const filter = () => {
    const fields = new FormData(form);
    const verdicts = new Set(fields.getAll('verdict'));
    const search = String(fields.get('search') || '').toLowerCase();
    let left = 0;
    for (const { row, item, text } of items) {
      const fits = verdicts.has(row.verdict) && ['model', 'category', 'cassette'].every((key) => !fields.get(key) || fields.get(key) === row[key]) && (search === '' || text.includes(search));
      item.hidden = !fits;
      if (fits) left += 1;
    }
    status.textContent = left + ' of ' + items.length + ' interactions shown';
  };
  form.addEventListener('input', filter);
  form.addEventListener('submit', (event) => event.preventDefault());
  filter();
})();
`
