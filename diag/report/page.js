'use strict';
(function () {
    const side = document.getElementById('side');
    const contents = document.querySelector('#contents details');
    const entries = [...document.querySelectorAll('article, .brief')];
    const said = make('p', { className: 'unseen', role: 'status' });

    function make(name, properties, ...children) {
        const element = document.createElement(name);
        for (const [key, value] of Object.entries(properties))
            if (key in element) element[key] = value;
            else element.setAttribute(key, value);
        element.append(...children);
        return element;
    }

    // ---- copying ----

    function select(button) {
        const range = document.createRange();
        range.setStart(button.parentElement, 0);
        range.setEndBefore(button);
        getSelection().removeAllRanges();
        getSelection().addRange(range);
    }

    // Where a viewer keeps the clipboard to itself: by a copy of the text that can be selected.
    function copyBySelection(text) {
        const area = make('textarea', { className: 'unseen', value: text, readOnly: true });
        const focused = document.activeElement;
        let copied = false;
        document.body.append(area);
        area.select();
        try {
            copied = document.execCommand('copy');
        } catch { /* then it is not */ }
        area.remove();
        if (focused) focused.focus();
        return copied;
    }

    async function copy(button) {
        const text = [...button.parentElement.childNodes].slice(0, -1)
            .map((node) => node.textContent).join('');
        let copied = false;
        try {
            await navigator.clipboard.writeText(text);
            copied = true;
        } catch {
            copied = copyBySelection(text);
        }
        if (!copied) select(button);
        button.textContent = copied ? 'Copied' : 'Selected: Ctrl+C';
        said.textContent = copied ? 'Copied' : 'Selected; copy it with Ctrl+C';
        setTimeout(() => {
            button.textContent = 'Copy';
            said.textContent = '';
        }, 2500);
    }

    for (const command of document.querySelectorAll('.steps pre'))
        command.append(make('button', { type: 'button', className: 'copy', textContent: 'Copy',
            'aria-label': 'Copy command' }));
    document.addEventListener('click', (event) => {
        const button = event.target.closest('.copy');
        if (button) copy(button);
    });

    // ---- lines that differ in their names alone ----

    for (const more of document.querySelectorAll('.more')) more.open = false;
    addEventListener('beforeprint', () => {
        for (const more of document.querySelectorAll('.more')) more.open = true;
    });

    // ---- what there is to filter by ----

    const about = new Map(); // of an entry: its standing, its probe and its subjects
    const standings = new Map();
    const probes = new Map();
    const subjects = new Map();
    const NAMES = '.about > bdi, .member > .of > bdi, .brief bdi';
    const count = (map, key, number) => map.set(key, (map.get(key) || 0) + number);

    for (const entry of entries) {
        const mine = { standing: entry.querySelector('.standing').textContent,
            probe: entry.dataset.probe, subjects: new Set() };
        for (const { textContent: name } of entry.querySelectorAll(NAMES)) {
            if (!mine.subjects.has(name)) count(subjects, name, 1);
            mine.subjects.add(name);
        }
        mine.findings = mine.subjects.size || 1;
        count(standings, mine.standing, mine.findings);
        count(probes, mine.probe, mine.findings);
        about.set(entry, mine);
    }

    const findings = [...about.values()].reduce((sum, mine) => sum + mine.findings, 0);

    // ---- the controls ----

    const boxes = new Map();
    const shown = make('p', { className: 'shown', role: 'status' });
    const onPaper = make('p', { className: 'on-paper' });
    const reset = make('button', { type: 'button', textContent: 'Show all', hidden: true });
    const details = make('details', { className: 'filter', open: true },
        make('summary', {}, 'Filter'));

    function choice(label, all, groups) {
        const select = make('select', {}, make('option', { value: '' }, all));
        for (const [name, keys] of groups) {
            const options = keys.map(([key, text, number]) =>
                make('option', { value: key }, text + ' (' + number + ')'));
            if (name) select.append(make('optgroup', { label: name }, ...options));
            else select.append(...options);
        }
        details.append(make('label', {}, label, select));
        return select;
    }

    function standingBoxes() {
        const group = make('fieldset', {}, make('legend', {}, 'Severity'));
        const order = ['critical', 'warning', 'info', 'unknown', 'accepted', 'ok', 'n/a'];
        for (const [standing, number] of [...standings]
            .sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))) {
            const box = make('input', { type: 'checkbox', checked: true });
            const kind = standing === 'n/a' ? 'not-applicable' : standing;
            boxes.set(standing, box);
            group.append(make('label', {}, box, make('span', { className: 'standing ' + kind },
                standing === 'n/a' ? 'not applicable' : standing),
                make('span', { className: 'faint' }, String(number))));
        }
        details.append(group);
    }

    // By the lists of what was examined; a name that is in two of them is of the first.
    function groupsOfSubjects() {
        const left = new Map(subjects);
        const groups = [...document.querySelectorAll('#examined .subjects')].map((list) => {
            const own = [...list.querySelectorAll('bdi')].map((one) => one.textContent)
                .filter((name) => left.has(name)).sort();
            const keys = own.map((name) => [name, name, left.get(name)]);
            for (const name of own) left.delete(name);
            return [list.previousElementSibling.textContent, keys];
        });
        groups.push(['Others', [...left].sort().map(([name, number]) => [name, name, number])]);
        return groups.filter(([, keys]) => keys.length);
    }

    standingBoxes();
    const subject = choice('Server or domain', 'all', groupsOfSubjects());
    const probe = choice('Probe', 'all', [['', [...probes].sort().map(([key, number]) =>
        [key, key, number])]]);
    details.append(shown, reset);

    // ---- filtering ----

    const links = new Map([...document.querySelectorAll('#contents li > a[href^="#finding-"]')]
        .map((link) => [link.getAttribute('href').slice(1), link.parentElement]));
    const parts = [...document.querySelectorAll('#main > .part')];

    function words() {
        const off = [...boxes].filter(([, box]) => !box.checked);
        const on = [...boxes].filter(([, box]) => box.checked).map(([standing]) => standing);
        return [off.length ? on.join(', ') || 'no severity' : '',
            subject.value,
            probe.value ? 'probe ' + probe.value : ''].filter(Boolean).join('; ');
    }

    function show() {
        let number = 0;
        for (const [entry, mine] of about) {
            const fits = boxes.get(mine.standing).checked &&
                (!subject.value || mine.subjects.has(subject.value)) &&
                (!probe.value || mine.probe === probe.value);
            const link = links.get(entry.id);
            entry.hidden = !fits;
            if (link) link.hidden = !fits;
            if (fits) number += mine.findings;
        }
        for (const part of parts) {
            const own = [...part.querySelectorAll('article, .brief')];
            part.classList.toggle('bare', own.length > 0 && own.every((one) => one.hidden));
        }
        const by = words();
        shown.textContent = number + ' of ' + findings + ' findings shown';
        onPaper.textContent = by ? 'Filtered: ' + shown.textContent + ' (' + by + ')' : '';
        reset.hidden = !by;
    }

    // To what is left, where the first page fills the window.
    function lead() {
        const first = entries.find((entry) => !entry.hidden);
        if (first && first.getBoundingClientRect().top > innerHeight)
            first.scrollIntoView();
    }

    // ---- in the address, so that it can be passed on ----

    function write() {
        const to = new URLSearchParams();
        const off = [...boxes].some(([, box]) => !box.checked);
        if (off) to.set('severity', [...boxes].filter(([, box]) => box.checked)
            .map(([standing]) => standing).join(','));
        if (subject.value) to.set('subject', subject.value);
        if (probe.value) to.set('probe', probe.value);
        try {
            history.replaceState(null, '', '#' + to);
        } catch { /* a viewer that keeps its address to itself */ }
    }

    function all() {
        for (const box of boxes.values()) box.checked = true;
        subject.value = probe.value = '';
    }

    function has(select, value) {
        return [...select.options].some((option) => option.value === value);
    }

    function read() {
        const name = decodeURIComponent(location.hash.slice(1));
        if (name.includes('=')) {
            const from = new URLSearchParams(location.hash.slice(1));
            const severities = from.get('severity');
            all();
            if (severities !== null) for (const [standing, box] of boxes)
                box.checked = severities.split(',').includes(standing);
            if (has(subject, from.get('subject'))) subject.value = from.get('subject');
            if (has(probe, from.get('probe'))) probe.value = from.get('probe');
            return show();
        }
        const target = name && document.getElementById(name);
        const hidden = target && target.closest('[hidden], .bare');
        if (!hidden) return;
        all();
        show();
        target.scrollIntoView();
    }

    if (entries.length > 1) {
        side.prepend(make('section', { 'aria-label': 'Filter' }, details));
        document.getElementById('main').prepend(onPaper);
        details.addEventListener('change', () => { show(); write(); lead(); });
        reset.addEventListener('click', () => {
            all();
            show();
            write();
            boxes.values().next().value.focus();
        });
        addEventListener('hashchange', read);
        show();
        try {
            read();
        } catch { /* an address that is none */ }
    }
    document.querySelector('main').append(said);
    if (matchMedia('(max-width: 64rem)').matches) details.open = contents.open = false;
})();
