#include "diag/read/case_fold.h"

#include "diag/text.h"

/*
 * From `first` to `last`, each or every other one, folds to what stands `by` behind it. Where
 * `step` is 2, capitals and small letters take turns.
 */
static const struct fold {
    uint32_t first, last, step;
    int32_t by;
} folds[] = {
    {0x0041, 0x005A, 1, 32},                             /* ASCII */
    {0x00B5, 0x00B5, 1, 775},                            /* the micro sign: Greek */
    {0x00C0, 0x00D6, 1, 32},    {0x00D8, 0x00DE, 1, 32}, /* Latin-1 */
    {0x0100, 0x012E, 2, 1},     {0x0132, 0x0136, 2, 1},  /* Latin Extended-A */
    {0x0139, 0x0147, 2, 1},     {0x014A, 0x0176, 2, 1},  /* without the dotted I, */
    {0x0178, 0x0178, 1, -121},  {0x0179, 0x017D, 2, 1},  /* whose lower case is */
    {0x017F, 0x017F, 1, -268},                           /* a matter of language */
    {0x01A0, 0x01A4, 2, 1},     {0x01AF, 0x01AF, 1, 1},  /* Latin Extended-B */
    {0x01CD, 0x01DB, 2, 1},     {0x01DE, 0x01EE, 2, 1},     {0x01F4, 0x01F4, 1, 1},
    {0x01F8, 0x021E, 2, 1},     {0x0222, 0x0232, 2, 1},     {0x0386, 0x0386, 1, 38},
    {0x0388, 0x038A, 1, 37},    {0x038C, 0x038C, 1, 64}, /* Greek */
    {0x038E, 0x038F, 1, 63},    {0x0391, 0x03A1, 1, 32},    {0x03A3, 0x03AB, 1, 32},
    {0x03C2, 0x03C2, 1, 1},     {0x0400, 0x040F, 1, 80}, /* Cyrillic */
    {0x0410, 0x042F, 1, 32},    {0x0460, 0x0480, 2, 1},     {0x048A, 0x04BE, 2, 1},
    {0x04C0, 0x04C0, 1, 15},    {0x04C1, 0x04CD, 2, 1},     {0x04D0, 0x052E, 2, 1},
    {0x0531, 0x0556, 1, 48},                                /* Armenian */
    {0x1E00, 0x1E94, 2, 1},     {0x1E9E, 0x1E9E, 1, -7615}, /* Vietnamese and others */
    {0x1EA0, 0x1EFE, 2, 1},     {0x212A, 0x212A, 1, -8383}, /* kelvin, */
    {0x212B, 0x212B, 1, -8262}, {0xFF21, 0xFF3A, 1, 32},    /* ångström; wide forms */
};

uint32_t case_fold(uint32_t code_point)
{
    for (size_t i = 0; i < sizeof folds / sizeof *folds && code_point >= folds[i].first; i++) {
        const struct fold *fold = &folds[i];

        if (code_point <= fold->last && (code_point - fold->first) % fold->step == 0)
            return (uint32_t)((int32_t)code_point + fold->by);
    }
    return code_point;
}

/* The next character, folded; a byte that begins none is itself, beyond all characters. */
static uint32_t take(const char **text, size_t *size)
{
    uint32_t code_point = 0;
    size_t used = text_decode(*text, *size, &code_point);

    code_point = used ? case_fold(code_point) : 0x110000u + (unsigned char)**text;
    *text += used ? used : 1;
    *size -= used ? used : 1;
    return code_point;
}

bool case_equal(const char *one, size_t one_size, const char *other, size_t other_size)
{
    while (one_size > 0 && other_size > 0) {
        if (take(&one, &one_size) != take(&other, &other_size))
            return false;
    }
    return one_size == 0 && other_size == 0;
}
