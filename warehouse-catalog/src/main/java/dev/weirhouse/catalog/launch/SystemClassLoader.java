package dev.weirhouse.catalog.launch;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.regex.Pattern;

/**
 * The JVM's system class loader, as Hive 3 needs it: its session state casts the loader that defined it to {@link
 * URLClassLoader}, which the JDK's own has not been since Java 9.
 *
 * <p>Named by {@code -Djava.system.class.loader}. It defines the classes of the class path itself, in the JDK's own
 * loader's place. A loader that is only some thread's context loader is not enough, because Flink's fork-join threads
 * start with the system loader.
 */
public final class SystemClassLoader extends URLClassLoader {

    static {
        registerAsParallelCapable();
    }

    /** Called by the JVM with the loader that this one replaces. */
    public SystemClassLoader(ClassLoader replaced) {
        super("weirhouse", classPath(), replaced.getParent());
    }

    /** Called by the JVM when an agent adds a jar to the class path. */
    @SuppressWarnings("unused")
    private void appendToClassPathForInstrumentation(String path) throws MalformedURLException {
        append(new File(path).toURI().toURL());
    }

    /** Puts a jar behind what is on the class path; called by {@link HomeLibraries}. */
    public void append(URL jar) {
        addURL(jar);
    }

    private static URL[] classPath() {
        String[] entries = System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator), -1);
        URL[] urls = new URL[entries.length];
        for (int i = 0; i < entries.length; i++) {
            try {
                urls[i] = new File(entries[i]).toURI().toURL();
            } catch (MalformedURLException e) {
                throw new IllegalStateException("not on the class path: " + entries[i], e);
            }
        }
        return urls;
    }
}
