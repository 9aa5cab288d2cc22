/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-option-fast-open.h"

#include "ns3/buffer.h"
#include "ns3/log.h"
#include "ns3/tcp-option-rfc793.h"

#include <array>

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("TcpOptionFastOpen");

NS_OBJECT_ENSURE_REGISTERED(TcpOptionFastOpen);

TypeId
TcpOptionFastOpen::GetTypeId()
{
    static TypeId tid = TypeId("ns3::TcpOptionFastOpen")
                            .SetParent<TcpOption>()
                            .SetGroupName("TcpFastOpen")
                            .AddConstructor<TcpOptionFastOpen>();
    return tid;
}

TcpOptionFastOpen::TcpOptionFastOpen(const TcpFastOpenCookie& cookie, bool experimental)
    : m_cookie(cookie),
      m_experimental(experimental)
{
}

void
TcpOptionFastOpen::Print(std::ostream& os) const
{
    if (IsRequest())
    {
        os << "cookie request";
    }
    else
    {
        os << "cookie " << m_cookie;
    }
    if (m_experimental)
    {
        os << " (experimental)";
    }
}

void
TcpOptionFastOpen::Serialize(Buffer::Iterator start) const
{
    start.WriteU8(GetKind());
    start.WriteU8(static_cast<uint8_t>(GetSerializedSize()));
    if (m_experimental)
    {
        start.WriteHtonU16(MAGIC);
    }
    start.Write(m_cookie.GetBytes(), m_cookie.GetSize());
}

uint32_t
TcpOptionFastOpen::Deserialize(Buffer::Iterator start)
{
    if (start.GetRemainingSize() < 2)
    {
        return 0;
    }
    const uint8_t kind = start.ReadU8();
    const uint8_t length = start.ReadU8();
    m_experimental = kind == KIND_EXPERIMENTAL;
    const uint8_t head = GetHeadSize();
    if ((kind != KIND && !m_experimental) || length < head ||
        start.GetRemainingSize() < length - 2U || (m_experimental && start.ReadNtohU16() != MAGIC))
    {
        return 0;
    }
    const uint8_t size = length - head;
    if (size != 0 && !TcpFastOpenCookie::IsValidSize(size))
    {
        NS_LOG_LOGIC("ignored: length " << +length);
        return 0;
    }
    std::array<uint8_t, TcpFastOpenCookie::MAX_SIZE> bytes{};
    start.Read(bytes.data(), size);
    m_cookie = TcpFastOpenCookie(bytes.data(), size);
    return length;
}

uint8_t
TcpOptionFastOpen::GetKind() const
{
    if (m_disguised)
    {
        return NOP;
    }
    return m_experimental ? KIND_EXPERIMENTAL : KIND;
}

uint32_t
TcpOptionFastOpen::GetSerializedSize() const
{
    return GetHeadSize() + m_cookie.GetSize();
}

uint8_t
TcpOptionFastOpen::GetHeadSize() const
{
    return m_experimental ? 4 : 2;
}

const TcpFastOpenCookie&
TcpOptionFastOpen::GetCookie() const
{
    return m_cookie;
}

bool
TcpOptionFastOpen::IsRequest() const
{
    return m_cookie.IsEmpty();
}

bool
TcpOptionFastOpen::IsExperimental() const
{
    return m_experimental;
}

uint32_t
TcpOptionFastOpen::GetPaddedSize() const
{
    return (GetSerializedSize() + 3) / 4 * 4;
}

bool
TcpOptionFastOpen::AppendTo(TcpHeader& header) const
{
    if (header.GetOptionLength() + GetPaddedSize() > header.GetMaxOptionLength())
    {
        return false;
    }
    // The header refuses kinds that it does not know, but asks for the kind only
    // now. (It would read them, at twenty times the cost.)
    Ptr<TcpOptionFastOpen> option = CreateObject<TcpOptionFastOpen>(m_cookie, m_experimental);
    option->m_disguised = true;
    header.AppendOption(option);
    option->m_disguised = false;
    if (header.GetOptionLength() % 4 != 0)
    {
        Ptr<TcpOptionNOP> nop = CreateObject<TcpOptionNOP>();
        while (header.GetOptionLength() % 4 != 0)
        {
            header.AppendOption(nop);
        }
    }
    return true;
}

Ptr<const TcpOptionFastOpen>
TcpOptionFastOpen::Find(const TcpHeader& header)
{
    if (!(header.GetFlags() & TcpHeader::SYN))
    {
        return nullptr;
    }
    Ptr<const TcpOptionFastOpen> found;
    for (const auto& option : header.GetOptionList())
    {
        if (option->GetKind() == KIND || option->GetKind() == KIND_EXPERIMENTAL)
        {
            Buffer buffer;
            buffer.AddAtStart(option->GetSerializedSize());
            option->Serialize(buffer.Begin());
            Ptr<TcpOptionFastOpen> fastOpen = CreateObject<TcpOptionFastOpen>();
            if (fastOpen->Deserialize(buffer.Begin()))
            {
                found = fastOpen;
            }
        }
    }
    return found;
}

} // namespace ns3
