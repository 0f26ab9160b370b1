"""A terminal as far as Wine's console needs one: what is drawn, in which colours, and its answers.

Screen(columns, rows).feed(bytes) draws; line(row) is its text, colours(row) the SGR colour of each
character (None: the terminal's own). scrolled has the lines that left it at the top.
"""

import re

TOKEN = re.compile(rb"\x1b\[([?>=]?)([\d;]*)([ -/]*)([@-~])|\x1b\]([^\x07\x1b]*)(?:\x07|\x1b\\)|\x1b[()][0-9A-B]|\x1b[=>78DEHMc]")


class Screen:
    """A page of characters with a cursor; bytes may come in any portions."""

    def __init__(self, columns, rows=50):
        self.columns, self.rows = columns, rows
        self.page = [self.blank() for _ in range(rows)]
        self.scrolled = []
        self.row = self.column = 0
        self.style = None
        self.title = ""
        self.unread = b""
        self.strange = []

    def blank(self):
        return [(" ", None)] * self.columns

    # ---- what is seen ----

    def line(self, row):
        return "".join(character for character, _ in self.page[row]).rstrip()

    def lines(self):
        """All that was drawn, what has scrolled away too."""
        drawn = ["".join(character for character, _ in cells).rstrip() for cells in self.scrolled + self.page]
        while drawn and not drawn[-1]:
            drawn.pop()
        return drawn

    def styles_of(self, word):
        """The styles in which this word is drawn anywhere."""
        found = []
        for cells in self.scrolled + self.page:
            text = "".join(character for character, _ in cells)
            found += [cells[at.start()][1] for at in re.finditer(re.escape(word), text)]
        return found

    # ---- what comes ----

    def feed(self, data):
        self.unread += data
        while self.unread:
            if self.unread[0] != 0x1B:
                self.unread = self.put_text(self.unread)
                if self.unread and self.unread[0] != 0x1B:
                    return  # the begin of a character
                continue
            token = TOKEN.match(self.unread)
            if not token:
                if len(self.unread) > 256:
                    raise AssertionError(f"no sequence: {self.unread[:40]!r}")
                return
            self.unread = self.unread[token.end() :]
            if token[4]:
                self.obey(token[1], token[2], token[4])
            elif token[5] is not None:
                self.title = token[5]

    def put_text(self, data):
        end = data.find(b"\x1b")
        run, rest = (data, b"") if end < 0 else (data[:end], data[end:])
        try:
            text = run.decode()
        except UnicodeDecodeError as error:
            if rest or len(run) - error.start > 3:
                raise
            run, rest = run[: error.start], run[error.start :]
            text = run.decode()
        for character in text:
            self.put(character)
        return rest

    def put(self, character):
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.next_line()
        elif character == "\b":
            self.column = max(0, self.column - 1)
        elif character >= " ":
            if self.column >= self.columns:
                self.column = 0
                self.next_line()
            self.page[self.row][self.column] = (character, self.style)
            self.column += 1

    def next_line(self):
        if self.row + 1 < self.rows:
            self.row += 1
            return
        self.scrolled.append(self.page.pop(0))
        self.page.append(self.blank())

    def obey(self, private, parameters, final):
        numbers = [int(part or 0) for part in parameters.split(b";")]
        first = numbers[0]
        if private:
            return  # modes: the cursor is shown or not
        if final == b"m":
            for number in numbers:
                self.style = self.changed(self.style, number)
        elif final in b"Hf":
            self.row = min(max(first, 1), self.rows) - 1
            self.column = min(max(numbers[1] if len(numbers) > 1 else 1, 1), self.columns) - 1
        elif final == b"A":
            self.row = max(0, self.row - max(first, 1))
        elif final == b"B":
            self.row = min(self.rows - 1, self.row + max(first, 1))
        elif final == b"C":
            self.column = min(self.columns - 1, self.column + max(first, 1))
        elif final == b"D":
            self.column = max(0, self.column - max(first, 1))
        elif final == b"G":
            self.column = max(first, 1) - 1
        elif final == b"K" and first == 0:
            self.page[self.row][self.column :] = [(" ", None)] * max(0, self.columns - self.column)
        elif final == b"J" and first in (2, 3):
            self.page = [self.blank() for _ in range(self.rows)]
        elif final not in b"trhlcn":
            self.strange.append((parameters, final))

    @staticmethod
    def changed(style, number):
        """SGR colours alone: 30 to 37, and bright as 90 to 97."""
        if number in (0, 39):
            return None
        if number == 1:
            return 90 + style - 30 if style is not None and style < 40 else (97 if style is None else style)
        return number if 30 <= number <= 37 or 90 <= number <= 97 else style
