package dev.weirhouse.catalog.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The configuration records of a process, complete and within their bounds. */
public final class Configuration {

    private final Map<Class<? extends Record>, Record> records;
    private final SortedMap<String, String> shown;

    Configuration(Map<Class<? extends Record>, Record> records, SortedMap<String, String> shown) {
        this.records = new LinkedHashMap<>(records);
        this.shown = Collections.unmodifiableSortedMap(new TreeMap<>(shown));
    }

    /** The record of this type; the type must be one of those that were read. */
    public <R extends Record> R get(Class<R> type) {
        Record record = records.get(type);
        if (record == null) {
            throw new IllegalArgumentException(type.getName() + " was not read");
        }
        return type.cast(record);
    }

    /** Every setting in force as text, for listings and logs: secrets are {@code ***}. */
    public SortedMap<String, String> shown() {
        return shown;
    }
}
