package dev.weirhouse.testkit.fault;

/** What can fail in a file system. */
public enum FileOperation {
    /** A file is opened to be read. */
    OPEN,
    READ,
    /** A file is made and opened to be written. */
    CREATE,
    WRITE,
    /** A file that was written is closed; object stores publish it only then. */
    FINISH,
    RENAME,
    DELETE,
    MAKE_FOLDER,
    LIST,
    /** A file's existence, size or time is asked for. */
    STATUS
}
