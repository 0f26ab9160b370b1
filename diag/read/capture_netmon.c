#include "diag/read/capture_window.h"

enum {
    FILE_HEADER = 128,
    FRAME_HEADER_1 = 8,
    FRAME_HEADER_2 = 16,
    TABLE_PIECE = 64 * 1024, /* bytes of the table in memory */
    TABLE_ENTRY = 4
};

struct netmon {
    struct capture_window *window;
    struct mail_tracer *tracer;
    struct trace_frame frame;
    unsigned major, minor;
    unsigned network;
    int64_t began; /* microseconds since 1970 in an unknown zone; 0: the header does not say */
    uint64_t table, table_end;
    size_t trailer; /* bytes behind a frame */
};

/* ---- the header ---- */

/* Days from 1970-01-01 to a date of the Gregorian calendar, by its era of 400 years. */
static int64_t days_to(int64_t year, unsigned month, unsigned day)
{
    int64_t shifted = year - (month <= 2), era = shifted / 400, of_era = shifted - era * 400;
    int64_t of_year = (153 * ((int64_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* A SYSTEMTIME: year, month, day of the week, day, hour, minute, second, millisecond. */
static int64_t system_time(const unsigned char *bytes)
{
    static const uint16_t most[8] = {9999, 12, 6, 31, 23, 59, 60, 999};
    uint16_t part[8];
    int64_t days;

    for (size_t i = 0; i < 8; i++) {
        part[i] = capture_u16(bytes + 2 * i, false);
        if (part[i] > most[i])
            return 0;
    }
    if (part[0] < 1970 || part[1] == 0 || part[3] == 0)
        return 0;
    days = days_to(part[0], part[1], part[3]);
    return capture_time(((days * 24 + part[4]) * 60 + part[5]) * 60 + part[6],
                        part[7] * (int64_t)1000);
}

static size_t trailer_of(unsigned major, unsigned minor)
{
    static const size_t sizes[] = {0, 2, 6, 15}; /* by minor version of 2; the last for all after */

    if (major < 2)
        return 0;
    return sizes[minor < 3 ? minor : 3];
}

static void read_header(const unsigned char *bytes, struct netmon *file)
{
    uint64_t entries = capture_u32(bytes + 28, false) / TABLE_ENTRY;

    file->minor = bytes[4];
    file->major = bytes[5];
    file->network = capture_u16(bytes + 6, false);
    file->began = system_time(bytes + 8);
    file->table = capture_u32(bytes + 24, false);
    file->table_end = file->table + entries * TABLE_ENTRY;
    file->trailer = trailer_of(file->major, file->minor);
}

/* ---- frames ---- */

enum { /* the first ones as NDIS counts media */
       NETWORK_ETHERNET = 1,
       NETWORK_TUNNEL = 7,
       NETWORK_RAW_IP = 9,    /* 8: of a wireless WAN */
       NETWORK_PCAP = 0xe000, /* and a LINKTYPE_ */
       NETWORK_PCAP_LAST = 0xefff,
       NETWORK_NOTES = 0xffe0
};

static enum trace_link link_of(unsigned network)
{
    if (network >= NETWORK_NOTES)
        return TRACE_LINK_NOTE;
    if (network >= NETWORK_PCAP && network <= NETWORK_PCAP_LAST)
        return capture_link(network - NETWORK_PCAP);
    if (network == NETWORK_ETHERNET)
        return TRACE_LINK_ETHERNET;
    if (network >= NETWORK_TUNNEL && network <= NETWORK_RAW_IP)
        return TRACE_LINK_RAW_IP;
    return TRACE_LINK_UNKNOWN;
}

/* FILETIME: units of 100 ns since 1601, UTC. */
static int64_t file_time(uint64_t units)
{
    const uint64_t from_1601_to_1970 = 11644473600u;
    uint64_t seconds = units / 10000000;

    if (seconds < from_1601_to_1970)
        return 0;
    return capture_time((int64_t)(seconds - from_1601_to_1970), (int64_t)(units % 10000000 / 10));
}

/* Where version 2.3 has it, a frame's own time is known with its zone. */
static void read_trailer(const struct netmon *file, const unsigned char *bytes,
                         struct trace_frame *frame)
{
    frame->link = link_of(file->trailer ? capture_u16(bytes, false) : file->network);
    if (file->trailer >= 15)
        frame->time = file_time(capture_u64(bytes + 6, false));
}

static void read_frame_header(const struct netmon *file, const unsigned char *bytes,
                              struct trace_frame *frame)
{
    uint64_t since;

    if (file->major < 2) {
        since = capture_u32(bytes, false) * (uint64_t)1000;
        frame->original = capture_u16(bytes + 4, false);
        frame->size = capture_u16(bytes + 6, false);
    } else {
        since = capture_u64(bytes, false);
        frame->original = capture_u32(bytes + 8, false);
        frame->size = capture_u32(bytes + 12, false);
    }
    frame->time = 0;
    if (file->began && since < INT64_MAX / 4)
        frame->time = capture_time((file->began + (int64_t)since) / 1000000,
                                   (file->began + (int64_t)since) % 1000000);
}

/* The frame that begins where the window stands. */
static const char *take_frame(struct netmon *file)
{
    const size_t header = file->major < 2 ? FRAME_HEADER_1 : FRAME_HEADER_2;
    struct trace_frame *frame = &file->frame;
    const unsigned char *bytes;
    size_t whole;

    if (capture_window_look(file->window, header, &bytes) < header)
        return capture_is_cut;
    read_frame_header(file, bytes, frame);
    if (frame->size > CAPTURE_FRAME_KEPT)
        return capture_is_damaged;
    whole = header + frame->size + file->trailer;
    if (capture_window_look(file->window, whole, &bytes) < whole)
        return capture_is_cut;
    read_trailer(file, bytes + header + frame->size, frame);
    frame->bytes = bytes + header;
    frame->number++;
    mail_tracer_add(file->tracer, frame);
    capture_window_skip(file->window, whole);
    return NULL;
}

/* ---- from the table, or without it ---- */

static const char table_is_missing[] =
    "the file is cut off: the table of its frames, at its end, is missing";

static const char *read_by_table(struct netmon *file, struct capture_window *table)
{
    const unsigned char *entry;
    const char *remark = NULL;

    while (!remark && capture_window_place(table) < file->table_end) {
        uint64_t offset;

        if (capture_window_look(table, TABLE_ENTRY, &entry) < TABLE_ENTRY)
            return table_is_missing;
        offset = capture_u32(entry, false);
        capture_window_skip(table, TABLE_ENTRY);
        /* The way through the file is forward: hostile tables cannot make it long. */
        if (offset < FILE_HEADER || offset < capture_window_place(file->window))
            return capture_is_damaged;
        capture_window_skip(file->window, offset - capture_window_place(file->window));
        remark = take_frame(file);
    }
    return remark;
}

static const char *read_in_order(struct netmon *file)
{
    const unsigned char *bytes;
    const char *remark = NULL;

    capture_window_skip(file->window, FILE_HEADER);
    while (!remark && capture_window_look(file->window, 1, &bytes) > 0)
        remark = take_frame(file);
    return table_is_missing;
}

const char *capture_read_netmon(struct capture_window *window, struct mail_tracer *tracer)
{
    struct netmon file = {.window = window, .tracer = tracer};
    struct capture_window table;
    const unsigned char *bytes;
    const char *remark;

    if (capture_window_look(window, FILE_HEADER, &bytes) < FILE_HEADER)
        return capture_is_cut;
    read_header(bytes, &file);
    if (file.trailer < 15)
        mail_tracer_set_local_time(tracer);
    capture_window_init(&table, window->source, TABLE_PIECE);
    capture_window_skip(&table, file.table);
    if (capture_window_look(&table, TABLE_ENTRY, &bytes) < TABLE_ENTRY &&
        file.table < file.table_end)
        remark = read_in_order(&file);
    else
        remark = read_by_table(&file, &table);
    capture_window_release(&table);
    return remark;
}
