/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "durable-file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

namespace ns3
{

DurableFile::DurableFile(const std::string& name)
    : m_name(name),
      m_descriptor(open(name.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666))
{
    if (m_descriptor < 0)
    {
        Fail("opened");
    }
}

DurableFile::~DurableFile()
{
    close(m_descriptor);
}

bool
DurableFile::Lock()
{
    struct flock lock
    {
    }; // not flock(): children of this process would hold that, too

    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    if (fcntl(m_descriptor, F_SETLK, &lock) == 0)
    {
        return true;
    }
    if (errno != EACCES && errno != EAGAIN)
    {
        Fail("locked");
    }
    return false;
}

uint64_t
DurableFile::GetSize() const
{
    struct stat status
    {
    };

    if (fstat(m_descriptor, &status) != 0)
    {
        Fail("read");
    }
    return static_cast<uint64_t>(status.st_size);
}

std::string
DurableFile::Read() const
{
    std::string text(GetSize(), '\0');
    std::size_t done = 0;
    while (done < text.size())
    {
        const ssize_t got =
            pread(m_descriptor, text.data() + done, text.size() - done, static_cast<off_t>(done));
        if (got < 0 && errno != EINTR)
        {
            Fail("read");
        }
        if (got == 0)
        {
            text.resize(done);
        }
        done += got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    return text;
}

void
DurableFile::Append(const std::string& text)
{
    const uint64_t before = GetSize();
    std::size_t done = 0;
    while (done < text.size())
    {
        const ssize_t written = write(m_descriptor, text.data() + done, text.size() - done);
        if (written < 0 && errno != EINTR)
        {
            const int reason = errno;
            Truncate(before);
            errno = reason;
            Fail("written");
        }
        done += written > 0 ? static_cast<std::size_t>(written) : 0;
    }
    if (fdatasync(m_descriptor) != 0)
    {
        Fail("written");
    }
}

void
DurableFile::Truncate(uint64_t size)
{
    if (ftruncate(m_descriptor, static_cast<off_t>(size)) != 0 || fdatasync(m_descriptor) != 0)
    {
        Fail("cut");
    }
}

void
DurableFile::Replace(const std::string& name, const std::string& text)
{
    const std::string fresh = name + ".new";
    {
        DurableFile file(fresh);
        file.Truncate(0); // one that a crash has left
        file.Append(text);
        if (std::rename(fresh.c_str(), name.c_str()) != 0)
        {
            file.Fail("renamed");
        }
    }
    // The name is on the disk only when the folder is.
    const std::size_t slash = name.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : name.substr(0, slash + 1);
    const int descriptor = open(folder.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor >= 0)
    {
        fsync(descriptor);
        close(descriptor);
    }
}

void
DurableFile::Fail(const std::string& what) const
{
    throw std::runtime_error(m_name + ": cannot be " + what + ": " + std::strerror(errno));
}

} // namespace ns3
