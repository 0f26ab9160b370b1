/* Values that try to leave their quotes, for the tests of quoting. */
#ifndef EXDIAG_TESTS_HOSTILE_H
#define EXDIAG_TESTS_HOSTILE_H

#include <stddef.h>

struct hostile {
    const char *label;
    const char *bytes;
    size_t size;
};

#define HOSTILE(label, literal)                                                                    \
    {                                                                                              \
        label, literal, sizeof literal - 1                                                         \
    }

static const struct hostile hostile_values[] = {
    HOSTILE("empty", ""),
    HOSTILE("plain", "mail.contoso.com"),
    HOSTILE("spaces", " a  b "),
    HOSTILE("single quote", "'"),
    HOSTILE("leave single quotes", "'; Remove-Item C:\\ -Recurse; '"),
    HOSTILE("leave by backslash", "\\'; rm -rf /; \\'"),
    HOSTILE("double quote", "\""),
    HOSTILE("leave double quotes", "\"; rm -rf \"$HOME\"; \""),
    HOSTILE("leave double quotes in cmd", "\" & del C:\\ & \""),
    HOSTILE("U+2018", "\xE2\x80\x98; Remove-Item C:\\ ;\xE2\x80\x98"),
    HOSTILE("U+2019", "\xE2\x80\x99; Remove-Item C:\\ ;\xE2\x80\x99"),
    HOSTILE("U+201A", "\xE2\x80\x9A; Remove-Item C:\\ ;\xE2\x80\x9A"),
    HOSTILE("U+201B", "\xE2\x80\x9B; Remove-Item C:\\ ;\xE2\x80\x9B"),
    HOSTILE("mixed single quotes", "'\xE2\x80\x99'\xE2\x80\x98; Remove-Item \xE2\x80\x9B''"),
    HOSTILE("U+201C to U+201F", "\xE2\x80\x9C\xE2\x80\x9D\xE2\x80\x9E\xE2\x80\x9F & del x"),
    HOSTILE("fullwidth quote", "\xEF\xBC\x82 & del x"),
    HOSTILE("fullwidth percent", "\xEF\xBC\x85PATH\xEF\xBC\x85"),
    HOSTILE("yen", "C:\xC2\xA5"),
    HOSTILE("command substitution", "$(touch pwned)"),
    HOSTILE("backticks", "`touch pwned`"),
    HOSTILE("powershell variable", "$env:USERNAME ${x} $_ @args"),
    HOSTILE("powershell escape", "`$(Remove-Item x)`n`0"),
    HOSTILE("powershell comment", "# x <# y #>"),
    HOSTILE("stop parsing", "--% /grant x:(F)"),
    HOSTILE("here-string", "@'\n'; Remove-Item x\n'@"),
    HOSTILE("here-string on a line", "@' '; Remove-Item x '@"),
    HOSTILE("here-document", "<<EOF; rm -rf /"),
    HOSTILE("newline", "a\nrm -rf /"),
    HOSTILE("carriage return", "a\rrm -rf /"),
    HOSTILE("tab", "a\tb"),
    HOSTILE("NUL", "a\0b"),
    HOSTILE("terminal escape", "\x1B]0;owned\x07\x1B[2J"),
    HOSTILE("C1 escape", "\xC2\x9B"
                         "2J"),
    HOSTILE("bracketed paste end", "\x1B[201~rm -rf /"),
    HOSTILE("bidi override", "abc\xE2\x80\xAE"
                             "def"),
    HOSTILE("bidi isolate", "abc\xE2\x81\xA6"
                            "def"),
    HOSTILE("zero-width space", "con\xE2\x80\x8Btoso.com"),
    HOSTILE("no-break space", "a\xC2\xA0 b"),
    HOSTILE("line separator", "a\xE2\x80\xA8rm -rf /"),
    HOSTILE("byte order mark", "\xEF\xBB\xBF"
                               "a"),
    HOSTILE("tag characters", "a\xF3\xA0\x81\xA1"),
    HOSTILE("not UTF-8", "a\xFF\xFE"),
    HOSTILE("overlong quote", "a\xC0\xA7; Remove-Item x"),
    HOSTILE("surrogate", "a\xED\xA0\x80"),
    HOSTILE("cut off", "a\xE2\x80"),
    HOSTILE("percent", "%PATH%"),
    HOSTILE("percent tricks", "%PATH:~0,1% %%a %1 %*"),
    HOSTILE("delayed expansion", "!PATH!"),
    HOSTILE("caret", "^& del x ^"),
    HOSTILE("cmd operators", "a & del x | b && c || d > e < f"),
    HOSTILE("parentheses", "(a) {b} [c]"),
    HOSTILE("sh operators", "a; b && c | d > e & (f)"),
    HOSTILE("history", "!!:s/a/b/"),
    HOSTILE("globs", "* ? [a-z] ~root {a,b}"),
    HOSTILE("leading dash", "-Confirm:$false"),
    HOSTILE("leading slash", "/commit:apphost"),
    HOSTILE("legacy distinguished name", "/o=Contoso/ou=x/cn=Recipients/cn=a"),
    HOSTILE("trailing backslash", "C:\\Program Files\\"),
    HOSTILE("trailing backslashes", "C:\\\\\\"),
    HOSTILE("only a backslash", "\\"),
    HOSTILE("backslashes within", "\\\\server\\share\\x"),
    HOSTILE("zone comment", "v=spf1 -all ; rest"),
    HOSTILE("zone directive", "$INCLUDE /etc/passwd"),
    HOSTILE("zone escapes", "\\; \\\" \\034 \\"),
    HOSTILE("zone strings", "a\" \"b"),
    HOSTILE("zone record", "a\"\nevil IN A 192.0.2.1 ; \""),
    HOSTILE("letters of many scripts", "Gr\xC3\xBC\xC3\x9F"
                                       "e \xD0\xBF\xD0\xBE\xD1\x87\xD1\x82\xD0\xB0 "
                                       "\xE3\x83\xA1\xE3\x83\xBC\xE3\x83\xAB \xF0\x9F\x93\xA7"),
};

/* Names as the program holds them: presentation text, see diag/read/dns_name.h. */
static const struct hostile hostile_names[] = {
    HOSTILE("plain name", "contoso.com"),
    HOSTILE("trailing dot", "contoso.com."),
    HOSTILE("root", "."),
    HOSTILE("service name", "_dmarc.contoso.com"),
    HOSTILE("wildcard", "*.contoso.com"),
    HOSTILE("origin", "@"),
    HOSTILE("directive", "$INCLUDE.contoso.com"),
    HOSTILE("comment", "a;b.contoso.com"),
    HOSTILE("quotes", "\"a\".contoso.com"),
    HOSTILE("parentheses", "(a).contoso.com"),
    HOSTILE("space", "a b.contoso.com"),
    HOSTILE("escaped space", "a\\032b.contoso.com"),
    HOSTILE("escaped dot", "a\\.b.contoso.com"),
    HOSTILE("escaped backslash", "a\\\\.contoso.com"),
    HOSTILE("escaped newline", "a\\010b.contoso.com"),
    HOSTILE("escaped NUL", "a\\000b.contoso.com"),
    HOSTILE("escaped letter", "\\c\\o.contoso.com"),
    HOSTILE("escaped quote", "\\\".contoso.com"),
    HOSTILE("newline", "a\nb.contoso.com"),
    HOSTILE("bytes", "\xC3\xBC.contoso.com"),
    HOSTILE("macro characters", "a+b=c:d'e`f!g|h&i%j.contoso.com"),
    HOSTILE("generic data", "\\#.contoso.com"),
};

/* Not names at all. */
static const struct hostile hostile_non_names[] = {
    HOSTILE("empty", ""),
    HOSTILE("empty label", "a..b"),
    HOSTILE("leading dot", ".a"),
    HOSTILE("two dots", ".."),
    HOSTILE("NUL", "a\0b"),
    HOSTILE("broken escape", "a\\25"),
    HOSTILE("escape over 255", "a\\256b"),
    HOSTILE("backslash at the end", "a\\"),
    HOSTILE("long label",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.com"),
};

#define HOSTILE_COUNT(list) (sizeof(list) / sizeof *(list))

#endif
