package dev.weirhouse.olap.duckdb;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.Locale;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * DuckDB's driver, taken apart once for all lives of the engine: its classes in one jar, and beside it the native library
 * of this machine. Left together, the driver unpacks the library's 60 MB anew in every process, which is half of what a
 * start costs, and a killed process leaves them behind.
 *
 * @param jar the classes
 * @param folder where the native library lies
 */
record EngineLibrary(Path jar, Path folder) {

    private static final String DRIVER = "org.duckdb.DuckDBDriver";
    private static final String NATIVE_PREFIX = "libduckdb_java.so_";
    private static final String LIBRARY = "duckdb_java";

    /** @param folder made here */
    static EngineLibrary unpack(Path folder) throws IOException {
        Files.createDirectory(folder);
        Path jar = folder.resolve("duckdb.jar");
        String wanted = NATIVE_PREFIX + platform();
        try (ZipFile driver = new ZipFile(EngineProcess.location(DRIVER).toFile());
                OutputStream file = Files.newOutputStream(jar);
                ZipOutputStream classes = new ZipOutputStream(file)) {
            ZipEntry library = driver.getEntry(wanted);
            if (library == null) {
                throw new IOException("The driver of DuckDB brings no " + wanted);
            }
            try (InputStream content = driver.getInputStream(library)) {
                Files.copy(content, folder.resolve(System.mapLibraryName(LIBRARY)));
            }
            classes.setLevel(Deflater.NO_COMPRESSION);
            for (Enumeration<? extends ZipEntry> each = driver.entries(); each.hasMoreElements(); ) {
                ZipEntry entry = each.nextElement();
                if (!entry.getName().startsWith(NATIVE_PREFIX)) {
                    classes.putNextEntry(new ZipEntry(entry.getName()));
                    try (InputStream content = driver.getInputStream(entry)) {
                        content.transferTo(classes);
                    }
                }
            }
        } catch (URISyntaxException e) {
            throw new IOException("The driver of DuckDB lies in no file", e);
        }
        return new EngineLibrary(jar, folder);
    }

    /** This machine, as the driver names it. */
    private static String platform() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String processor = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        if (system.startsWith("mac")) {
            return "osx_universal";
        }
        String name = system.startsWith("windows") ? "windows" : "linux";
        return switch (processor) {
            case "x86_64", "amd64" -> name + "_amd64";
            case "aarch64", "arm64" -> name + "_arm64";
            default -> name + "_" + processor;
        };
    }
}
