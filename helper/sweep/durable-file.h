/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef DURABLE_FILE_H
#define DURABLE_FILE_H

#include <cstdint>
#include <string>

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * A file that is appended to and survives a crash: what was appended is on the
 * disk when the call returns, and what could not be written whole is not there.
 *
 * All functions throw std::runtime_error with the file's name and the system's
 * reason where they fail.
 */
class DurableFile
{
  public:
    /**
     * Open a file, or create it.
     *
     * @param name its name
     */
    explicit DurableFile(const std::string& name);

    ~DurableFile();

    DurableFile(const DurableFile&) = delete;
    DurableFile& operator=(const DurableFile&) = delete;

    /**
     * Keep other processes from locking the file, until this one ends or closes it.
     *
     * @return false where another process has locked it
     */
    bool Lock();

    /**
     * @return the file's size in bytes
     */
    uint64_t GetSize() const;

    /**
     * @return what is in the file
     */
    std::string Read() const;

    /**
     * Append a text.
     *
     * @param text the text
     */
    void Append(const std::string& text);

    /**
     * Cut the file.
     *
     * @param size the bytes to keep
     */
    void Truncate(uint64_t size);

    /**
     * Write a file in place of the one that is there, if any: at any time one of
     * the two is there, whole.
     *
     * @param name the file's name
     * @param text what is to be in it
     */
    static void Replace(const std::string& name, const std::string& text);

  private:
    /**
     * @param what what cannot be done
     */
    [[noreturn]] void Fail(const std::string& what) const;

    std::string m_name; //!< the file's name
    int m_descriptor;   //!< its descriptor
};

} // namespace ns3

#endif // DURABLE_FILE_H
