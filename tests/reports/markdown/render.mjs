// render.mjs FOLDER <MARKDOWN: what the renderers in FOLDER/node_modules make of it, as JSON: an
// object of HTML by the renderer's name. Each acts on all it knows: HTML is let through, and what
// looks like an address is made a link.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(path.join(process.argv[2], "package.json"));
const commonmark = require("commonmark");
const MarkdownIt = require("markdown-it");
const { marked } = require("marked");
const text = fs.readFileSync(0, "utf8");

const it = new MarkdownIt({ html: true, linkify: true, breaks: false });
it.linkify.set({ fuzzyLink: true, fuzzyEmail: true, fuzzyIP: true });
const made = {
    commonmark: new commonmark.HtmlRenderer().render(new commonmark.Parser().parse(text)),
    "markdown-it": it.render(text),
    marked: marked.parse(text, { gfm: true }),
};
process.stdout.write(JSON.stringify(made));
