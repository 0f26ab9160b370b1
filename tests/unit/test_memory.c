#include "tests/unit/unit.h"

#include "diag/memory.h"

#include <stdlib.h>
#include <string.h>

static void test_new_memory_is_zeroed(void **state)
{
    static const char zeros[1000];
    char *memory = memory_new(10, 100);

    (void)state;
    assert_memory_equal(memory, zeros, sizeof zeros);
    free(memory);
    memory = memory_new(0, 8);
    assert_non_null(memory);
    free(memory);
}

static void test_resize_keeps_what_was_there(void **state)
{
    int *numbers = memory_new(2, sizeof *numbers);

    (void)state;
    numbers[0] = 7;
    numbers[1] = 8;
    numbers = memory_resize(numbers, 1000, sizeof *numbers);
    assert_int_equal(numbers[0], 7);
    assert_int_equal(numbers[1], 8);
    numbers[999] = 9;
    numbers = memory_resize(numbers, 0, sizeof *numbers);
    assert_non_null(numbers);
    free(numbers);
}

static void test_copy_string(void **state)
{
    char original[] = "contoso";
    char *copy = memory_copy_string(original);

    (void)state;
    original[0] = 'x';
    assert_string_equal(copy, "contoso");
    free(copy);
}

static void test_grow(void **state)
{
    size_t *list = NULL;
    size_t room = 0;

    (void)state;
    for (size_t count = 0; count < 1000; count++) {
        list = memory_grow(list, &room, count, sizeof *list);
        assert_true(room > count);
        list[count] = count;
    }
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(list[i], i);
    assert_true(room < 2048);
    free(list);
}

/* Pieces of any size are zeroed, aligned, apart from each other, and stay where they are. */
static void test_arena_pieces(void **state)
{
    enum { PIECES = 2000 };
    static unsigned char *pieces[PIECES];
    struct arena arena = {0};

    (void)state;
    for (size_t i = 0; i < PIECES; i++) {
        size_t size = i * 37 % 500;

        pieces[i] = arena_new(&arena, 1, size);
        assert_int_equal((uintptr_t)pieces[i] % sizeof(long long), 0);
        for (size_t at = 0; at < size; at++) {
            assert_int_equal(pieces[i][at], 0);
            pieces[i][at] = (unsigned char)i;
        }
    }
    for (size_t i = 0; i < PIECES; i++) {
        for (size_t at = 0; at < i * 37 % 500; at++)
            assert_int_equal(pieces[i][at], (unsigned char)i);
    }
    arena_release(&arena);
    assert_int_equal(arena_footprint(&arena), 0);
}

/* A reserved piece takes just its size; what follows takes more again. */
static void test_reserved_piece(void **state)
{
    enum { SIZE = 1000 };
    struct arena arena = {0};
    size_t before;
    char *piece;

    (void)state;
    (void)arena_new(&arena, 1, 8);
    before = arena_footprint(&arena);
    piece = arena_reserve(&arena, SIZE);
    memset(piece, 'x', SIZE);
    assert_true(arena_footprint(&arena) < before + SIZE + 64);
    before = arena_footprint(&arena);
    (void)arena_new(&arena, 1, 8);
    (void)arena_reserve(&arena, 8);
    assert_true(arena_footprint(&arena) > before);
    assert_int_equal(piece[SIZE - 1], 'x');
    arena_release(&arena);
}

/* A piece larger than any block gets a block of its own. */
static void test_large_piece(void **state)
{
    const size_t size = 1 << 20;
    struct arena arena = {0};
    char *small = arena_copy_string(&arena, "small");
    char *large = arena_new(&arena, size, 1);

    (void)state;
    memset(large, 'x', size);
    assert_string_equal(small, "small");
    assert_string_equal(arena_copy_string(&arena, "after"), "after");
    assert_true(arena_footprint(&arena) > size);
    assert_true(arena_footprint(&arena) < size + 200000);
    arena_release(&arena);
}

static void test_copies_and_prints(void **state)
{
    struct arena arena = {0};
    char *bytes = arena_copy(&arena, "a\0b", 3);
    char *empty = arena_copy(&arena, NULL, 0);
    char *number = arena_print(&arena, "%s:%d", "mail", 25);
    char *wide = arena_print(&arena, "%*d", 5000, 1);

    (void)state;
    assert_memory_equal(bytes, "a\0b", 4);
    assert_string_equal(empty, "");
    assert_string_equal(number, "mail:25");
    assert_int_equal(strlen(wide), 5000);
    arena_release(&arena);
}

/* An arena that is reset again and again stops taking memory from the system. */
static void test_reset_keeps_one_block(void **state)
{
    struct arena arena = {0};
    size_t footprint = 0;

    (void)state;
    arena_reset(&arena);
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 100; i++) {
            char *memory = arena_new(&arena, 1, 100);

            assert_int_equal(memory[99], 0);
            memset(memory, 0xFF, 100);
        }
        if (round == 10)
            footprint = arena_footprint(&arena);
        if (round > 10)
            assert_int_equal(arena_footprint(&arena), footprint);
        arena_reset(&arena);
        assert_true(arena_footprint(&arena) > 0);
    }
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new_memory_is_zeroed),
        cmocka_unit_test(test_resize_keeps_what_was_there),
        cmocka_unit_test(test_copy_string),
        cmocka_unit_test(test_grow),
        cmocka_unit_test(test_arena_pieces),
        cmocka_unit_test(test_reserved_piece),
        cmocka_unit_test(test_large_piece),
        cmocka_unit_test(test_copies_and_prints),
        cmocka_unit_test(test_reset_keeps_one_block),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
