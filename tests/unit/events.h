/*
 * Event logs made in memory, for tests and measurements: one event as XML, as wevtutil writes
 * it, and chunks of .evtx files, whose bytes are as Windows lays them out: names and templates
 * where they are first used, checksums, sizes before and behind a record.
 */
#ifndef EXDIAG_TESTS_EVENTS_H
#define EXDIAG_TESTS_EVENTS_H

#include "diag/buffer.h"
#include "diag/read/crc32.h"
#include "diag/read/evtx.h"

#include <assert.h>
#include <string.h>

enum {
    EVENTS_RECORDS = 512, /* where a chunk's records begin */
    EVENTS_KNOWN_MOST = 64,
    EVENTS_STRINGS_MOST = 80
};

#define EVENTS_SCHEMA "http://schemas.microsoft.com/win/2004/08/events/event"

struct made_event {
    const char *provider;
    uint32_t id, qualifiers, level;
    const char *time; /* as XML has it */
    uint64_t filetime;
    uint64_t record;
    const char *channel, *computer;
    const char *strings[EVENTS_STRINGS_MOST]; /* until NULL */
    const char *binary;                       /* hex, or NULL */
};

/* Ordinary values for what a test leaves out. */
static inline struct made_event events_whole(struct made_event event)
{
    if (!event.channel)
        event.channel = "Application";
    if (!event.computer)
        event.computer = "ex1.corp.example";
    if (!event.time)
        event.time = "2026-11-22T09:05:07.1234567Z";
    if (!event.filetime)
        event.filetime = 134398119071234567u;
    return event;
}

/* ---- XML ---- */

static inline void events_escaped(struct buffer *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '<')
            buffer_add_string(out, "&lt;");
        else if (*text == '&')
            buffer_add_string(out, "&amp;");
        else
            buffer_add_char(out, *text);
    }
}

static inline void events_xml(struct buffer *out, struct made_event event)
{
    event = events_whole(event);
    buffer_print(out, "<Event xmlns='" EVENTS_SCHEMA "'><System><Provider Name='%s'/>",
                 event.provider);
    buffer_print(out, "<EventID Qualifiers='%u'>%u</EventID><Version>0</Version>",
                 (unsigned)event.qualifiers, (unsigned)event.id);
    buffer_print(out, "<Level>%u</Level><Task>1</Task><Opcode>0</Opcode>", (unsigned)event.level);
    buffer_print(out, "<Keywords>0x80000000000000</Keywords><TimeCreated SystemTime='%s'/>",
                 event.time);
    buffer_print(out, "<EventRecordID>%llu</EventRecordID><Correlation/>",
                 (unsigned long long)event.record);
    buffer_print(out, "<Execution ProcessID='0' ThreadID='0'/><Channel>%s</Channel>",
                 event.channel);
    buffer_print(out, "<Computer>%s</Computer><Security/></System><EventData>", event.computer);
    for (const char *const *string = event.strings; *string; string++) {
        buffer_add_string(out, "<Data>");
        events_escaped(out, *string);
        buffer_add_string(out, "</Data>");
    }
    if (event.binary)
        buffer_print(out, "<Binary>%s</Binary>", event.binary);
    buffer_add_string(out, "</EventData></Event>\r\n");
}

/* ---- chunks ---- */

struct evtx_known { /* a name or a template, and where it is */
    const char *name;
    size_t place;
};

struct evtx_writer {
    unsigned char chunk[EVTX_CHUNK_SIZE];
    size_t at;
    size_t record; /* the one that is open */
    size_t last;   /* the last one */
    uint64_t first_number, last_number;
    struct evtx_known names[EVENTS_KNOWN_MOST], templates[EVENTS_KNOWN_MOST];
    size_t name_count, template_count;
};

static inline void evtx_put(struct evtx_writer *writer, size_t at, uint64_t number, size_t size)
{
    assert(at + size <= EVTX_CHUNK_SIZE);
    for (size_t i = 0; i < size; i++)
        writer->chunk[at + i] = (unsigned char)(number >> (8 * i));
}

static inline void evtx_add(struct evtx_writer *writer, uint64_t number, size_t size)
{
    evtx_put(writer, writer->at, number, size);
    writer->at += size;
}

static inline void evtx_add_bytes(struct evtx_writer *writer, const void *bytes, size_t size)
{
    assert(size <= EVTX_CHUNK_SIZE - writer->at);
    memcpy(writer->chunk + writer->at, bytes, size);
    writer->at += size;
}

/* ASCII as UTF-16, without a count or an end. */
static inline void evtx_add_units(struct evtx_writer *writer, const char *text)
{
    for (; *text; text++)
        evtx_add(writer, (unsigned char)*text, 2);
}

static inline void evtx_begin(struct evtx_writer *writer)
{
    memset(writer, 0, sizeof *writer);
    writer->at = EVENTS_RECORDS;
}

/* Where a name or template is; 0 for the first time, and then it is to follow here. */
static inline size_t evtx_place(struct evtx_known *known, size_t *count, const char *name,
                                size_t here)
{
    for (size_t i = 0; i < *count; i++) {
        if (strcmp(known[i].name, name) == 0)
            return known[i].place;
    }
    assert(*count < EVENTS_KNOWN_MOST);
    known[(*count)++] = (struct evtx_known){name, here};
    return 0;
}

static inline void evtx_add_name(struct evtx_writer *writer, const char *name)
{
    size_t here = writer->at + 4;
    size_t place = evtx_place(writer->names, &writer->name_count, name, here);

    evtx_add(writer, place ? place : here, 4);
    if (place)
        return;
    evtx_add(writer, 0, 4); /* the next of its hash */
    evtx_add(writer, 0x1234, 2);
    evtx_add(writer, strlen(name), 2);
    evtx_add_units(writer, name);
    evtx_add(writer, 0, 2);
}

/* Gives the place of its size, for evtx_close(). An element of a template has a number. */
static inline size_t evtx_open(struct evtx_writer *writer, const char *name, bool has_number)
{
    size_t place;

    evtx_add(writer, 0x01, 1);
    if (has_number)
        evtx_add(writer, 0xFFFF, 2);
    place = writer->at;
    evtx_add(writer, 0, 4);
    evtx_add_name(writer, name);
    return place;
}

static inline size_t evtx_open_with(struct evtx_writer *writer, const char *name, size_t *list)
{
    size_t place = evtx_open(writer, name, true);

    writer->chunk[place - 3] = 0x41;
    *list = writer->at;
    evtx_add(writer, 0, 4);
    return place;
}

static inline void evtx_end_list(struct evtx_writer *writer, size_t list)
{
    evtx_put(writer, list, writer->at - list - 4, 4);
}

static inline void evtx_close(struct evtx_writer *writer, size_t place)
{
    evtx_add(writer, 0x04, 1);
    evtx_put(writer, place, writer->at - place - 4, 4);
}

static inline void evtx_close_empty(struct evtx_writer *writer, size_t place)
{
    evtx_add(writer, 0x03, 1);
    evtx_put(writer, place, writer->at - place - 4, 4);
}

static inline void evtx_attribute(struct evtx_writer *writer, const char *name, bool has_more)
{
    evtx_add(writer, has_more ? 0x46 : 0x06, 1);
    evtx_add_name(writer, name);
}

static inline void evtx_text(struct evtx_writer *writer, const char *text)
{
    evtx_add(writer, 0x05, 1);
    evtx_add(writer, 0x01, 1);
    evtx_add(writer, strlen(text), 2);
    evtx_add_units(writer, text);
}

static inline void evtx_gap(struct evtx_writer *writer, unsigned number, unsigned type,
                            bool is_optional)
{
    evtx_add(writer, is_optional ? 0x0E : 0x0D, 1);
    evtx_add(writer, number, 2);
    evtx_add(writer, type, 1);
}

/* <name>gap</name> of a template */
static inline void evtx_gap_element(struct evtx_writer *writer, const char *name, unsigned number,
                                    unsigned type, bool is_optional)
{
    size_t place = evtx_open(writer, name, true);

    evtx_add(writer, 0x02, 1);
    evtx_gap(writer, number, type, is_optional);
    evtx_close(writer, place);
}

static inline void evtx_fragment(struct evtx_writer *writer)
{
    evtx_add(writer, 0x0001010F, 4);
}

/* True if its content is to be written now, and ended with evtx_template_end(). */
static inline bool evtx_template(struct evtx_writer *writer, const char *name, size_t *size_place)
{
    size_t here = writer->at + 10, place;

    evtx_add(writer, 0x010C, 2);
    evtx_add(writer, 0xABCD, 4);
    place = evtx_place(writer->templates, &writer->template_count, name, here);
    evtx_add(writer, place ? place : here, 4);
    if (place)
        return false;
    evtx_add(writer, 0, 4);
    evtx_add_bytes(writer, "0123456789abcdef", 16);
    *size_place = writer->at;
    evtx_add(writer, 0, 4);
    evtx_fragment(writer);
    return true;
}

static inline void evtx_template_end(struct evtx_writer *writer, size_t size_place)
{
    evtx_add(writer, 0, 1);
    evtx_put(writer, size_place, writer->at - size_place - 4, 4);
}

/* How many values; each is told of by evtx_value_is() before the first is written. */
static inline size_t evtx_values(struct evtx_writer *writer, unsigned count)
{
    size_t place = writer->at + 4;

    evtx_add(writer, count, 4);
    for (unsigned i = 0; i < count; i++)
        evtx_add(writer, 0, 4);
    return place;
}

/* The value `number` was written from `begin` on. */
static inline void evtx_value_is(struct evtx_writer *writer, size_t values, unsigned number,
                                 unsigned type, size_t begin)
{
    evtx_put(writer, values + number * 4, writer->at - begin, 2);
    evtx_put(writer, values + number * 4 + 2, type, 1);
}

static inline void evtx_value_text(struct evtx_writer *writer, size_t values, unsigned number,
                                   const char *text)
{
    size_t begin = writer->at;

    evtx_add_units(writer, text);
    evtx_value_is(writer, values, number, 0x01, begin);
}

static inline void evtx_value_number(struct evtx_writer *writer, size_t values, unsigned number,
                                     unsigned type, uint64_t value, size_t size)
{
    size_t begin = writer->at;

    evtx_add(writer, value, size);
    evtx_value_is(writer, values, number, type, begin);
}

static inline void evtx_record(struct evtx_writer *writer, uint64_t number, uint64_t filetime)
{
    writer->record = writer->at;
    evtx_add(writer, 0x00002A2A, 4);
    evtx_add(writer, 0, 4);
    evtx_add(writer, number, 8);
    evtx_add(writer, filetime, 8);
    if (!writer->first_number)
        writer->first_number = number;
    writer->last_number = number;
}

static inline void evtx_record_end(struct evtx_writer *writer)
{
    size_t size;

    while ((writer->at + 4) % 8 != 0)
        evtx_add(writer, 0, 1);
    size = writer->at + 4 - writer->record;
    evtx_add(writer, size, 4);
    evtx_put(writer, writer->record + 4, size, 4);
    writer->last = writer->record;
}

/* The header, as it is behind what has been written; with its checksums unless flag 4 is set. */
static inline void evtx_end_chunk(struct evtx_writer *writer, uint32_t flags)
{
    struct crc32 crc;

    memcpy(writer->chunk, "ElfChnk", 8);
    evtx_put(writer, 8, 1, 8);
    evtx_put(writer, 16, writer->last_number - writer->first_number + 1, 8);
    evtx_put(writer, 24, writer->first_number, 8);
    evtx_put(writer, 32, writer->last_number, 8);
    evtx_put(writer, 40, 128, 4);
    evtx_put(writer, 44, writer->last, 4);
    evtx_put(writer, 48, writer->at, 4);
    evtx_put(writer, 120, flags, 4);
    if (flags & 4)
        return;
    crc32_begin(&crc);
    crc32_add(&crc, writer->chunk + EVENTS_RECORDS, writer->at - EVENTS_RECORDS);
    evtx_put(writer, 52, crc32_end(&crc), 4);
    crc32_again(&crc);
    crc32_add(&crc, writer->chunk, 120);
    crc32_add(&crc, writer->chunk + 128, 384);
    evtx_put(writer, 124, crc32_end(&crc), 4);
}

/* ---- events as Windows writes those of ReportEvent() ---- */

static inline void evtx_text_attribute(struct evtx_writer *writer, const char *name,
                                       const char *text, bool has_more)
{
    evtx_attribute(writer, name, has_more);
    evtx_text(writer, text);
}

/* The template of a provider: values 0 to 9 are those of System, 10 is what comes behind it. */
static inline void evtx_system(struct evtx_writer *writer, const char *provider)
{
    size_t event, system, place, list;

    event = evtx_open_with(writer, "Event", &list);
    evtx_text_attribute(writer, "xmlns", EVENTS_SCHEMA, false);
    evtx_end_list(writer, list);
    evtx_add(writer, 0x02, 1);
    system = evtx_open(writer, "System", true);
    evtx_add(writer, 0x02, 1);
    place = evtx_open_with(writer, "Provider", &list);
    evtx_text_attribute(writer, "Name", provider, false);
    evtx_end_list(writer, list);
    evtx_close_empty(writer, place);
    place = evtx_open_with(writer, "EventID", &list);
    evtx_attribute(writer, "Qualifiers", false);
    evtx_gap(writer, 4, 0x06, true);
    evtx_end_list(writer, list);
    evtx_add(writer, 0x02, 1);
    evtx_gap(writer, 3, 0x06, true);
    evtx_close(writer, place);
    evtx_gap_element(writer, "Version", 1, 0x04, true);
    evtx_gap_element(writer, "Level", 0, 0x04, true);
    evtx_gap_element(writer, "Task", 2, 0x06, true);
    evtx_gap_element(writer, "Keywords", 5, 0x15, true);
    place = evtx_open_with(writer, "TimeCreated", &list);
    evtx_attribute(writer, "SystemTime", false);
    evtx_gap(writer, 6, 0x11, true);
    evtx_end_list(writer, list);
    evtx_close_empty(writer, place);
    evtx_gap_element(writer, "EventRecordID", 7, 0x0A, true);
    evtx_gap_element(writer, "Channel", 8, 0x01, true);
    evtx_gap_element(writer, "Computer", 9, 0x01, true);
    evtx_close(writer, system);
    evtx_gap(writer, 10, 0x21, true);
    evtx_close(writer, event);
}

static inline size_t evtx_system_values(struct evtx_writer *writer, const struct made_event *event)
{
    size_t values = evtx_values(writer, 11);

    evtx_value_number(writer, values, 0, 0x04, event->level, 1);
    evtx_value_number(writer, values, 1, 0x04, 0, 1);
    evtx_value_number(writer, values, 2, 0x06, 1, 2);
    evtx_value_number(writer, values, 3, 0x06, event->id, 2);
    evtx_value_number(writer, values, 4, 0x06, event->qualifiers, 2);
    evtx_value_number(writer, values, 5, 0x15, 0x80000000000000u, 8);
    evtx_value_number(writer, values, 6, 0x11, event->filetime, 8);
    evtx_value_number(writer, values, 7, 0x0A, event->record, 8);
    evtx_value_text(writer, values, 8, event->channel);
    evtx_value_text(writer, values, 9, event->computer);
    return values;
}

static inline unsigned evtx_digit(char digit)
{
    return digit >= 'A' ? (unsigned)(digit - 'A') + 10 : (unsigned)(digit - '0');
}

/* <EventData><Data>strings</Data><Binary>bytes</Binary></EventData> */
static inline void evtx_event_data(struct evtx_writer *writer, const struct made_event *event)
{
    size_t size, place, values, begin;

    evtx_fragment(writer);
    if (evtx_template(writer, "EventData", &size)) {
        place = evtx_open(writer, "EventData", true);
        evtx_add(writer, 0x02, 1);
        evtx_gap_element(writer, "Data", 0, 0x81, true);
        evtx_gap_element(writer, "Binary", 1, 0x0E, true);
        evtx_close(writer, place);
        evtx_template_end(writer, size);
    }
    values = evtx_values(writer, 2);
    begin = writer->at;
    for (const char *const *string = event->strings; *string; string++) {
        evtx_add_units(writer, *string);
        evtx_add(writer, 0, 2);
    }
    if (writer->at > begin)
        evtx_value_is(writer, values, 0, 0x81, begin);
    begin = writer->at;
    for (const char *hex = event->binary; hex && *hex; hex += 2)
        evtx_add(writer, evtx_digit(hex[0]) << 4 | evtx_digit(hex[1]), 1);
    if (event->binary)
        evtx_value_is(writer, values, 1, 0x0E, begin);
    evtx_add(writer, 0, 1);
}

static inline void evtx_event(struct evtx_writer *writer, struct made_event event)
{
    size_t size, values, begin;

    event = events_whole(event);
    evtx_record(writer, event.record, event.filetime);
    evtx_fragment(writer);
    if (evtx_template(writer, event.provider, &size)) {
        evtx_system(writer, event.provider);
        evtx_template_end(writer, size);
    }
    values = evtx_system_values(writer, &event);
    begin = writer->at;
    evtx_event_data(writer, &event);
    evtx_value_is(writer, values, 10, 0x21, begin);
    evtx_add(writer, 0, 1);
    evtx_record_end(writer);
}

#endif
