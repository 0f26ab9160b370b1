#include "probes/spf/characters.h"

#include "diag/text.h"

static const char dash[] = "a dash as word processors make it";
static const char quote[] = "a quotation mark";
static const char nothing[] = "an invisible character";
static const char space[] = "a space as web pages and word processors make it";
static const char wide[] = "a character of an East Asian keyboard";

/* Code points; in the order of their first. */
static const struct range {
    uint32_t first;
    uint32_t last;
    const char *instead;
    const char *what;
} ranges[] = {
    {0x00, 0x08, "", "a control character"},
    {0x09, 0x0D, " ", "a tab or a line break"},
    {0x0E, 0x1F, "", "a control character"},
    {0x22, 0x22, "", quote},
    {0x27, 0x27, "", quote},
    {0x60, 0x60, "", quote},
    {0x7F, 0x9F, "", "a control character"},
    {0xA0, 0xA0, " ", space},
    {0xAB, 0xAB, "", quote},
    {0xAD, 0xAD, "", nothing},
    {0xB4, 0xB4, "", quote},
    {0xBB, 0xBB, "", quote},
    {0x2D0, 0x2D0, ":", "a letter that looks like a colon"},
    {0x2DC, 0x2DC, "~", "an accent that looks like a tilde"},
    {0x1680, 0x1680, " ", space},
    {0x2000, 0x200A, " ", space},
    {0x200B, 0x200F, "", nothing},
    {0x2010, 0x2015, "-", dash},
    {0x2018, 0x201F, "", quote},
    {0x2028, 0x2029, " ", "a line break"},
    {0x202A, 0x202E, "", nothing},
    {0x202F, 0x202F, " ", space},
    {0x2032, 0x2033, "", quote},
    {0x2039, 0x203A, "", quote},
    {0x205F, 0x205F, " ", space},
    {0x2060, 0x2064, "", nothing},
    {0x2066, 0x206F, "", nothing},
    {0x2212, 0x2212, "-", "a minus sign as mathematicians use it"},
    {0x2215, 0x2215, "/", "a division sign"},
    {0x2236, 0x2236, ":", "a sign that looks like a colon"},
    {0x223C, 0x223C, "~", "a sign that looks like a tilde"},
    {0x3000, 0x3000, " ", space},
    {0x3002, 0x3002, ".", wide},
    {0xFE58, 0xFE58, "-", dash},
    {0xFE63, 0xFE63, "-", dash},
    {0xFEFF, 0xFEFF, "", nothing},
    {0xFF0B, 0xFF0B, "+", wide},
    {0xFF0D, 0xFF0D, "-", wide},
    {0xFF0E, 0xFF0E, ".", wide},
    {0xFF0F, 0xFF0F, "/", wide},
    {0xFF1A, 0xFF1A, ":", wide},
    {0xFF1D, 0xFF1D, "=", wide},
    {0xFF5E, 0xFF5E, "~", wide},
};

/* Bytes of Windows-1252 that are no UTF-8: what a program for Windows wrote as it was. */
static const struct {
    unsigned char byte;
    const char *instead;
    const char *what;
} bytes[] = {
    {0x91, "", quote}, {0x92, "", quote}, {0x93, "", quote},  {0x94, "", quote},
    {0x96, "-", dash}, {0x97, "-", dash}, {0xA0, " ", space},
};

static struct spf_slip slip_of_byte(unsigned char byte)
{
    for (size_t i = 0; i < sizeof bytes / sizeof *bytes; i++) {
        if (bytes[i].byte == byte)
            return (struct spf_slip){1, bytes[i].instead, bytes[i].what};
    }
    return (struct spf_slip){1, "", "a byte that is no character"};
}

struct spf_slip spf_slip_at(const char *text, size_t size)
{
    uint32_t code;
    size_t taken = text_decode(text, size, &code);

    if (taken == 0)
        return slip_of_byte((unsigned char)*text);
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges && ranges[i].first <= code; i++) {
        if (code <= ranges[i].last)
            return (struct spf_slip){taken, ranges[i].instead, ranges[i].what};
    }
    return (struct spf_slip){0, "", ""};
}
