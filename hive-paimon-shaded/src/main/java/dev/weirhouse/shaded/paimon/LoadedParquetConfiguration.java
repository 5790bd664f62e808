package dev.weirhouse.shaded.paimon;

import java.util.Iterator;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.paimon.shade.org.apache.parquet.conf.ParquetConfiguration;

/**
 * Hadoop's settings as Paimon's Parquet reads them; in this jar, it is that library's {@code HadoopParquetConfiguration}.
 *
 * <p>The library makes one for each file that it opens, and its own looks for Hadoop's resources on the class path and parses them
 * each time, which takes about ten milliseconds under a lock that all readers share. Here they are parsed once. Paimon 1.4
 * asks for none of them any more (<a href="https://github.com/apache/paimon/pull/7080">apache/paimon#7080</a>).
 */
public final class LoadedParquetConfiguration implements ParquetConfiguration {

    /** Reads its resources when it is first asked, and once more when Hadoop is told of others. Nothing is set in it. */
    private static final Configuration DEFAULTS = new Configuration();

    static {
        // Not that of the job whose task happens to be the first.
        DEFAULTS.setClassLoader(LoadedParquetConfiguration.class.getClassLoader());
    }

    /** Null until something is set, or may be. */
    private volatile Configuration own;

    /** With what Hadoop's resources say. */
    public LoadedParquetConfiguration() {
        this(true);
    }

    /** @param loadDefaults whether it has what Hadoop's resources say */
    public LoadedParquetConfiguration(boolean loadDefaults) {
        this(loadDefaults ? null : new Configuration(false));
    }

    /** @param configuration what it stands for; null for what Hadoop's resources say */
    public LoadedParquetConfiguration(Configuration configuration) {
        this.own = configuration;
    }

    /** What it stands for, which the caller may change. */
    public synchronized Configuration getConfiguration() {
        if (own == null) {
            own = new Configuration(DEFAULTS);
        }
        return own;
    }

    private Configuration read() {
        Configuration set = own;
        return set == null ? DEFAULTS : set;
    }

    @Override
    public void set(String name, String value) {
        getConfiguration().set(name, value);
    }

    @Override
    public void setLong(String name, long value) {
        getConfiguration().setLong(name, value);
    }

    @Override
    public void setInt(String name, int value) {
        getConfiguration().setInt(name, value);
    }

    @Override
    public void setBoolean(String name, boolean value) {
        getConfiguration().setBoolean(name, value);
    }

    @Override
    public void setStrings(String name, String... values) {
        getConfiguration().setStrings(name, values);
    }

    @Override
    public void setClass(String name, Class<?> value, Class<?> type) {
        getConfiguration().setClass(name, value, type);
    }

    @Override
    public String get(String name) {
        return read().get(name);
    }

    @Override
    public String get(String name, String defaultValue) {
        return read().get(name, defaultValue);
    }

    @Override
    public long getLong(String name, long defaultValue) {
        return read().getLong(name, defaultValue);
    }

    @Override
    public int getInt(String name, int defaultValue) {
        return read().getInt(name, defaultValue);
    }

    @Override
    public boolean getBoolean(String name, boolean defaultValue) {
        return read().getBoolean(name, defaultValue);
    }

    @Override
    public String getTrimmed(String name) {
        return read().getTrimmed(name);
    }

    @Override
    public String getTrimmed(String name, String defaultValue) {
        return read().getTrimmed(name, defaultValue);
    }

    @Override
    public String[] getStrings(String name, String[] defaultValue) {
        return read().getStrings(name, defaultValue);
    }

    @Override
    public Class<?> getClass(String name, Class<?> defaultValue) {
        return read().getClass(name, defaultValue);
    }

    @Override
    public <U> Class<? extends U> getClass(String name, Class<? extends U> defaultValue, Class<U> type) {
        return read().getClass(name, defaultValue, type);
    }

    @Override
    public Class<?> getClassByName(String name) throws ClassNotFoundException {
        return read().getClassByName(name);
    }

    @Override
    public Iterator<Map.Entry<String, String>> iterator() {
        return read().iterator();
    }
}
